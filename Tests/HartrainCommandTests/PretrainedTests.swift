import Glibc
import HAR
import Models
import Platform
import StrictJSON
import Testing

/// The weights in Checkpoints/pretrained are what their records say.
@Suite struct PretrainedTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let realData = unsafe getenv("HAR_DATA").map { unsafe String(cString: $0) }

    static func folder(_ model: StudyModel) -> String { "\(root)/Checkpoints/pretrained/\(model.rawValue)" }

    @Test(arguments: StudyModel.allCases) func weightsAreTheRecordsBest(_ model: StudyModel) throws {
        let record = try JSON.parse(try Files.read(PretrainedTests.folder(model) + "/run.json"))
        let checkpoint = try Checkpoint(reading: PretrainedTests.folder(model) + "/best.safetensors")
        #expect(checkpoint.description.json == model.description.json)
        #expect(record["best_epoch"] == .integer(checkpoint.details.epoch))
        #expect(record["accuracy"]?["validation"]?.asDouble == checkpoint.details.accuracy)
        #expect(record["data"]?["hash"] == .string(checkpoint.details.dataHash))
        #expect(record["data"]?["source"] == "UCI HAR")
        #expect(checkpoint.details.format == UCIHAR.format)
        // The default recipe made them.
        #expect(record["recipe"] == .object(model.recipe(batch: nil).json))
    }

    /// CPUs of other kinds round otherwise: a window at the border may change sides.
    @Test(.enabled(if: PretrainedTests.realData != nil), arguments: StudyModel.allCases)
    func realWindowsScoreAsRecorded(_ model: StudyModel) throws {
        let record = try JSON.parse(try Files.read(PretrainedTests.folder(model) + "/run.json"))
        let expected = try #require(record["accuracy"]?["test"]?.asDouble)
        let outcome = try withTemporaryFolder { folder in
            try Command(in: folder).run(
                "evaluate", "--weights", PretrainedTests.folder(model) + "/best.safetensors", "--data",
                PretrainedTests.realData ?? "", "--json")
        }
        #expect(outcome.code == 0, "\(outcome.errors)")
        let accuracy = try #require(try JSON.parse(outcome.output)["accuracy"]?.asDouble)
        #expect(abs(accuracy - expected) < 0.002)
        #expect(accuracy > 0.88)
    }
}
