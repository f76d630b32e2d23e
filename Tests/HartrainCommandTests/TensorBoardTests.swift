import Platform
import StrictJSON
import Testing

/// The curves of a run as TensorBoard's own reader gives them.
@Suite(.enabled(if: StoreServer.python != nil)) struct TensorBoardTests {
    private static let script =
        #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Interchange/check_events.py"

    /// What TensorBoard's columns are called in metrics.jsonl.
    private static let columns = [
        "loss/train": "train_loss", "accuracy/train": "train_accuracy", "loss/validation": "validation_loss",
        "accuracy/validation": "validation_accuracy", "macro_f1/validation": "validation_macro_f1",
        "learning_rate": "learning_rate", "windows_per_second": "windows_per_second",
    ]

    private func curves(in folder: String) throws -> JSON {
        var python = Command(in: folder)
        python.program = try #require(StoreServer.python)
        let outcome = try python.run(TensorBoardTests.script, "run")
        #expect(outcome.code == 0, "\(outcome.errors)")
        return try JSON.parse(outcome.output)
    }

    /// Of a run that ended and was taken up each epoch stands there once, as in metrics.jsonl.
    @Test func everyEpochIsThereOnce() throws {
        try withTemporaryFolder { folder in
            let arguments = ["--data", "synthetic", "--epochs", "2", "--batch", "32", "--checkpoint-every", "0", "--quiet"]
            let command = Command(in: folder)
            #expect(try command.run(arguments + ["--out", "run", "--log", "tensorboard"]).code == 0)
            #expect(try command.run(["--resume", "run", "--epochs", "4", "--quiet"]).code == 0)
            let lines = String(decoding: try Files.read(folder + "/run/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
            let epochs = try lines.map { try JSON.parse(String($0)) }
            #expect(epochs.count == 4)
            let curves = try curves(in: folder)
            #expect(Set(curves.asObject?.keys ?? []) == Set(TensorBoardTests.columns.keys))
            for (tag, column) in TensorBoardTests.columns {
                let points = curves[tag]?.asArray ?? []
                #expect(points.map { $0.asArray?.first } == [1, 2, 3, 4], "\(tag)")
                for (point, epoch) in zip(points, epochs) {
                    let expected = try #require(epoch[column]?.asDouble)
                    #expect(point.asArray?.last?.asDouble == Double(Float(expected)), "\(tag)")
                }
            }
        }
    }

    @Test func withoutTheOptionThereIsNoFile() throws {
        let names = try TrainedRun.shared.files.names
        #expect(!names.contains { $0.contains("tfevents") })
    }
}
