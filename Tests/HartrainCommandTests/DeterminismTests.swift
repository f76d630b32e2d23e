import Platform
import StrictJSON
import Testing

/// The same recipe, data and seed give the same bytes.
@Suite struct DeterminismTests {
    private static let arguments = ["--data", "synthetic", "--quiet", "--epochs", "2", "--batch", "100", "--lr", "1e-3"]

    private static func weights(_ arguments: [String], in folder: String) throws -> [[UInt8]] {
        let outcome = try Command(in: folder).run(arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let last = try #require(try Files.list(folder + "/Checkpoints").last)
        return try RunFiles(in: "\(folder)/Checkpoints/\(last)").weights
    }

    @Test(arguments: [["--model", "cnn"], ["--model", "tiny.json"]])
    func weightsDependOnTheSeedAndNotOnThreads(model: [String]) throws {
        try withTemporaryFolder { folder in
            _ = try TinyModel.write(to: folder)
            let arguments = model + DeterminismTests.arguments
            let once = try DeterminismTests.weights(arguments + ["--threads", "1"], in: folder)
            for threads in ["1", "2", "3"] {
                #expect(
                    try DeterminismTests.weights(arguments + ["--threads", threads], in: folder) == once, "\(threads) threads")
            }
            let other = try DeterminismTests.weights(arguments + ["--seed", "1"], in: folder)
            #expect(other[0] != once[0])
            #expect(other[1] != once[1])
        }
    }

    @Test func aRecordRepeatsItsRun() throws {
        try withTemporaryFolder { folder in
            let recipe = [
                "--epochs", "3", "--seed", "5", "--optimizer", "sgd", "--momentum", "0.9", "--nesterov", "--clip-norm", "2",
                "--schedule", "step", "--step-epochs", "2", "--label-smoothing", "0.1", "--class-weights", "1,2,1,1,1,0.5",
                "--drop-last", "--split", "volunteers", "--validation-fraction", "0.3", "--standardize", "channel",
            ]
            var model = try TinyModel.write(to: folder)
            // Also of other windows than the usual.
            model[3] = "synthetic:3"
            let weights = try DeterminismTests.weights(model + recipe, in: folder)
            // The record holds the model too.
            try Files.remove(folder + "/tiny.json")
            let record = "Checkpoints/tiny-1/run.json"
            #expect(try DeterminismTests.weights(["--config", record, "--quiet"], in: folder) == weights)
            let changed = try DeterminismTests.weights(["--config", record, "--quiet", "--seed", "6"], in: folder)
            #expect(changed != weights)
            // Other data is the caller's choice, of which a log must tell.
            let same = try Command(in: folder).run("--config", record, "--quiet", "--epochs", "1")
            #expect(same.errors == "")
            let other = try Command(in: folder).run("--config", record, "--quiet", "--epochs", "1", "--data", "synthetic:4")
            #expect(other.code == 0)
            #expect(other.errorLines.count == 1)
            #expect(
                other.errors.hasPrefix("warning: the data is not that of \(record), so the result will not be the same: sha256"))
            let repeated = try JSON.parse(try Files.read("\(folder)/Checkpoints/tiny-2/run.json"))
            #expect(try repeated["recipe"] == JSON.parse(try Files.read("\(folder)/\(record)"))["recipe"])
        }
    }
}
