import HAR
import Models
import Platform
import StrictJSON
import Testing
import TimeSeries

/// Scoring weights and describing them.
@Suite struct EvaluateTests {
    private static func run(_ arguments: String...) throws -> Command.Outcome {
        try withTemporaryFolder { folder in
            try TrainedRun.shared.writeWeights(to: folder)
            return try Command(in: folder).run(arguments)
        }
    }

    @Test func scoresAreThoseOfTheRun() throws {
        let outcome = try EvaluateTests.run("evaluate", "--weights", "best.safetensors", "--data", "synthetic", "--json")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").count == 1)
        let scores = try JSON.parse(outcome.output)
        let report = try #require(try TrainedRun.shared.files.record["test_report"])
        for key in ["accuracy", "macro_f1", "windows", "confusion", "classes"] { #expect(scores[key] == report[key], "\(key)") }
        // Passes of another size round otherwise.
        let (loss, expected) = (try #require(scores["loss"]?.asDouble), try #require(report["loss"]?.asDouble))
        #expect(abs(loss - expected) < 1e-6)
        #expect(scores["model"] == "cnn")
        #expect(scores["data"]?["hash"] == (try TrainedRun.shared.files.record["data"]?["hash"]))
    }

    @Test func partsOfTheDataAddUp() throws {
        func confusion(_ part: String) throws -> [Int] {
            let outcome = try EvaluateTests.run(
                "evaluate", "--weights", "best.safetensors", "--data", "synthetic", "--json", "--part", part, "--threads", "3")
            let rows = try #require(try JSON.parse(outcome.output)["confusion"]?.asArray)
            return rows.flatMap { $0.asArray?.compactMap(\.asInt) ?? [] }
        }
        let (train, test) = (try confusion("train"), try confusion("test"))
        #expect(train.reduce(0, +) == 2016)
        #expect(test.reduce(0, +) == 864)
        #expect(try confusion("all") == zip(train, test).map { $0 + $1 })
    }

    /// Windows far from those of the training cause a warning before the scores, or an error in their place.
    @Test func windowsFarFromTheTrainingsAreCounted() throws {
        try withTemporaryFolder { folder in
            try TrainedRun.shared.writeWeights(to: folder)
            let trained = try Checkpoint(reading: folder + "/best.safetensors")
            func write(_ name: String, _ ranges: WindowRanges?) throws {
                var details = trained.details
                details.ranges = ranges
                try Checkpoint(
                    model: trained.model, state: trained.state, standardization: trained.standardization, details: details
                )
                .write(to: "\(folder)/\(name)")
            }
            // Those of one window: nearly all others are far from it.
            try write("one.safetensors", WindowRanges(of: SyntheticHAR().generate().train[[0]]))
            try write("old.safetensors", nil)
            func evaluate(_ weights: String, _ options: String...) throws -> Command.Outcome {
                try Command(in: folder).run(["evaluate", "--weights", weights, "--data", "synthetic"] + options)
            }
            let good = try evaluate("best.safetensors", "--strict")
            #expect(good.code == 0)
            let warned = try evaluate("one.safetensors")
            #expect(warned.code == 0 && warned.output == good.output)
            let lines = warned.errorLines.filter { $0.hasPrefix("warning: ") }
            #expect(
                lines.count == 1 && lines[0].contains(" of 864 windows are far from those that one.safetensors was trained on"))
            let strict = try evaluate("one.safetensors", "--strict")
            #expect(strict.code == 1 && strict.output == "")
            #expect(strict.errors.contains("error: "), "\(strict.errors)")
            // Weights of an earlier version say nothing, and cannot refuse.
            #expect(try evaluate("old.safetensors").errors == good.errors)
            let old = try evaluate("old.safetensors", "--strict")
            #expect(
                old.code == 1 && old.errors.contains("old.safetensors holds no ranges of its training windows"), "\(old.errors)")
            #expect(try Command(in: folder).run("info", "old.safetensors").output.contains("no ranges of the training windows"))
            #expect(try Command(in: folder).run("info", "best.safetensors").output.contains("in training"))
        }
    }

    @Test func infoSaysWhatAFileHolds() throws {
        let text = try EvaluateTests.run("info", "best.safetensors")
        #expect(text.code == 0)
        for word in ["cnn", "34728", "conv1.weight", "[18, 9, 2]", "WALKING", "synthetic", "body_acc_x"] {
            #expect(text.output.contains(word), "\(word)")
        }
        let object = try JSON.parse(try EvaluateTests.run("info", "best.safetensors", "--json").output)
        let record = try TrainedRun.shared.files.record
        #expect(object["validation_accuracy"] == record["accuracy"]?["validation"])
        #expect(object["epoch"] == record["best_epoch"])
        #expect(object["data_hash"] == record["data"]?["hash"])
        #expect(object["window"] == [128, 9])
        #expect(object["classes"] == .array(UCIHAR.activities.map(JSON.string)))
    }

    @Test func infoSaysWhatTheProgramRunsOn() throws {
        let object = try JSON.parse(try EvaluateTests.run("info", "--json").output)
        var device = try #require(object["device"]?.asObject)
        #expect(device["blas"]?.asString?.hasPrefix("OpenBLAS ") == true)
        device.set("blas", .null)
        #expect(.object(device) == (try TrainedRun.shared.files.record["device"]))
        #expect(object["models"] == ["cnn", "lstm", "cnn-lstm", "cnn-inception"])
        let text = try EvaluateTests.run("info").output
        #expect(text.contains("OpenBLAS"))
        #expect(!text.contains("Linux Linux"))
    }
}
