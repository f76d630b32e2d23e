import Layers
import Memory
import Models
import Platform
import StrictJSON
import Testing
import TimeSeries

@testable import Runs
@testable import Training

/// Run records: run.json, the run that is repeated from it, and the folder it lies in.
@Suite struct RunRecordTests {
    private static let data = {
        var division = Division()
        division.split = .groups
        division.validationFraction = 0.3
        division.standardization = .channel
        return RunRecord.Data(
            source: "synthetic", hash: "abc", division: division, trainingWindows: 9, validationWindows: 3, testWindows: 4)
    }()

    private static func record(recipe: Recipe = TestRun.recipe) throws -> RunRecord {
        RunRecord(
            model: try TestRun.trainer().step.model, recipe: recipe, threads: 2, device: .current(),
            data: RunRecordTests.data,
            classNames: ["A", "B", "C"], arguments: ["hartrain", "--model", "a b.json"])
    }

    private static func evaluation(_ loss: Double) -> Evaluation {
        var confusion = ConfusionMatrix(classes: 3)
        for (truth, predicted) in [(0, 0), (1, 1), (2, 1), (2, 2)] { confusion.add(truth: truth, predicted: predicted) }
        return Evaluation(loss: loss, confusion: confusion)
    }

    @Test func aRunUnderWayHasNoScores() throws {
        let json = try RunRecordTests.record().json
        #expect(json["status"] == "running")
        #expect(json["stop_reason"] == .null)
        #expect(json["accuracy"] == nil)
        #expect(json["best_epoch"] == .null)
        #expect(json["seconds_to_accuracy"] == ["0.90": nil, "0.95": nil, "0.99": nil])
        let count = try TestRun.trainer().step.model.parameterCount
        #expect(json["parameters"] == .integer(count))
    }

    @Test func aRunThatHasEndedSaysHow() throws {
        let states: [(RunEnd, String)] = [
            (.finished, "finished"), (.patience, "finished"), (.targetAccuracy, "finished"), (.maximumTime, "stopped"),
            (.interrupted, "stopped"), (.diverged, "diverged"),
        ]
        for (reason, status) in states {
            var record = try RunRecordTests.record()
            record.end = reason
            #expect(record.json["status"] == .string(status))
            #expect(record.json["stop_reason"] == .string(reason.rawValue))
        }
    }

    @Test func scoresAreThoseOfEachPart() throws {
        var record = try RunRecordTests.record()
        record.scores = RunRecord.Scores(
            training: RunRecord.Scores.Summary(RunRecordTests.evaluation(0.25)),
            validation: RunRecord.Scores.Summary(RunRecordTests.evaluation(0.5)), test: RunRecordTests.evaluation(0.75))
        let json = record.json
        #expect(json["accuracy"] == ["train": 0.75, "validation": 0.75, "test": 0.75])
        #expect(json["loss"] == ["train": 0.25, "validation": 0.5, "test": 0.75])
        let report = json["test_report"]
        #expect(report?["windows"] == 4)
        #expect(report?["confusion"] == [[1, 0, 0], [0, 1, 0], [0, 1, 1]])
        let second = report?["classes"]?.asArray?[1]
        #expect(second?["name"] == "B")
        #expect(second?["precision"] == 0.5)
        #expect(second?["recall"] == 1.0)
        #expect(second?["windows"] == 1)
    }

    @Test func aRunIsRepeatedFromItsRecord() throws {
        var recipe = TestRun.recipe
        recipe.classWeights = .values([1, 2, 0.5])
        recipe.seed = 77
        let record = try RunRecordTests.record(recipe: recipe)
        try withTemporaryFolder { folder in
            let run = RunFolder(existing: folder)
            try run.write(record)
            let read = try RunRecord(reading: run.record)
            #expect(read.recipe == recipe)
            #expect(JSON.object(read.description.json) == .object(record.description.json))
            #expect(read.data.division == record.data.division)
            #expect(read.data.source == "synthetic")
            #expect(read.arguments == record.arguments)
            #expect(!read.isFinished)
            for (reason, isFinished) in [(RunEnd.maximumTime, false), (.diverged, false), (.patience, true)] {
                var ended = record
                ended.end = reason
                try run.write(ended)
                #expect(try RunRecord(reading: run.record).isFinished == isFinished, "\(reason)")
            }
        }
    }

    /// What is written is read: the record of a run that has ended, and that of one under way, are the same JSON again.
    @Test func whatIsWrittenIsRead() throws {
        var record = try RunRecordTests.record()
        #expect(try RunRecord(json: record.json).json == record.json)
        record.end = .targetAccuracy
        record.scores = RunRecord.Scores(
            training: RunRecord.Scores.Summary(RunRecordTests.evaluation(0.25)),
            validation: RunRecord.Scores.Summary(RunRecordTests.evaluation(0.5)), test: RunRecordTests.evaluation(0.75))
        record.progress.epochs = 3
        record.progress.bestEpoch = 2
        record.progress.trainingSeconds = 1.5
        record.progress.secondsToAccuracy[0] = 0.5
        record.peakMemoryBytes = 1 << 20
        let read = try RunRecord(json: try JSON.parse(record.json.serialized()))
        #expect(read.json == record.json)
        #expect(read.classNames == ["A", "B", "C"])
        #expect(read.scores?.test.confusion == record.scores?.test.confusion)
        #expect(read.progress == record.progress)
    }

    /// A loss that is not finite is null in JSON; counts that no set has are an error and no crash.
    @Test func scoresThatAreNoNumbers() throws {
        var record = try RunRecordTests.record()
        let evaluation = RunRecordTests.evaluation(.infinity)
        record.scores = RunRecord.Scores(
            training: RunRecord.Scores.Summary(evaluation), validation: RunRecord.Scores.Summary(evaluation), test: evaluation)
        let read = try RunRecord(json: try JSON.parse(record.json.serialized()))
        #expect(read.scores?.training.loss.isNaN == true && read.scores?.test.confusion == evaluation.confusion)
        var object = try #require(record.json.asObject)
        var report = try #require(object["test_report"]?.asObject)
        report.set("confusion", [[9_223_372_036_854_775_807, 9_223_372_036_854_775_807, 0], [0, 0, 0], [0, 0, 0]])
        object.set("test_report", .object(report))
        #expect(throws: JSONFieldError.self) { try RunRecord(json: .object(object)) }
    }

    @Test func namesWithCommasMoveNoColumn() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(existing: folder)
            try run.writeConfusion(RunRecordTests.evaluation(1).confusion, classNames: ["a", "b, c", "d \"e\""])
            let lines = String(decoding: try Files.read(run.confusion), as: UTF8.self).split(separator: "\n")
            #expect(lines[0] == "true\\predicted,a,\"b, c\",\"d \"\"e\"\"\"")
            #expect(lines[2] == "\"b, c\",0,1,0")
        }
    }

    /// Records of older versions lack fields; what a run is repeated from is enough.
    @Test func aRecordOfTheEssentialsIsRead() throws {
        let whole = try #require(try RunRecordTests.record().json.asObject)
        var object = JSONObject()
        for key in ["model_description", "recipe", "data", "arguments"] { object.set(key, try #require(whole[key])) }
        let read = try RunRecord(json: .object(object))
        #expect(read.device == nil && read.threads == nil && read.scores == nil && read.end == nil)
        #expect(read.data == RunRecordTests.data)
        for (key, value) in [("threads", "two"), ("stop_reason", "bored"), ("device", 3), ("accuracy", 1)] as [(String, JSON)] {
            object.set(key, value)
            #expect(throws: JSONFieldError.self, "\(key)") { try RunRecord(json: .object(object)) }
            object.set(key, .null)
        }
    }

    @Test func whatIsNoRecordIsRefused() throws {
        let good = try #require(try RunRecordTests.record().json.asObject)
        func refusal(_ change: (inout JSONObject) -> Void) throws -> String? {
            try withTemporaryFolder { folder in
                var changed = good
                change(&changed)
                try Files.writeAtomically(Array(JSON.object(changed).serialized().utf8), to: folder + "/run.json")
                do throws(ModelFileError) {
                    _ = try RunRecord(reading: folder + "/run.json")
                    return nil
                } catch {
                    #expect(error.file == folder + "/run.json")
                    return error.reason
                }
            }
        }
        #expect(try refusal { _ in } == nil)
        for key in ["model_description", "recipe", "data", "arguments"] {
            let reason = try refusal { object in
                var rest = JSONObject()
                for member in object.members where member.key != key { rest.set(member.key, member.value) }
                object = rest
            }
            #expect(reason == "'\(key)' is missing: this is not a run.json of hartrain")
            #expect(try refusal { $0.set(key, 3) } != nil, "\(key)")
        }
        let split = try refusal { $0.set("data", ["split": "dice"]) }
        #expect(split?.contains("data: 'split' must be one of") == true)
        #expect(try refusal { $0.set("recipe", ["epochs": "many"]) } == "recipe: 'epochs' must be a whole number, found \"many\"")
        #expect(throws: ModelFileError.self) { try RunRecord(reading: "/nowhere/run.json") }
    }

    // MARK: The folder

    private static func metrics(epoch: Int, validation: Evaluation?) -> EpochMetrics {
        EpochMetrics(
            epoch: epoch, learningRate: 0.5, trainingLoss: 1.25, trainingAccuracy: 0.5, validation: validation,
            isBest: epoch == 1,
            trainingSeconds: 2, evaluationSeconds: 1, rowsPerSecond: 100)
    }

    @Test func metricsAreCutToTheEpochsDone() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(existing: folder)
            func lines(_ name: String) throws -> [Substring] {
                String(decoding: try Files.read("\(folder)/\(name)"), as: UTF8.self).split(separator: "\n")
            }
            try run.beginMetrics(epochsDone: 0)
            for epoch in 1...3 {
                try run.append(
                    RunRecordTests.metrics(epoch: epoch, validation: epoch == 2 ? nil : RunRecordTests.evaluation(0.5)))
            }
            let first = try lines("metrics.csv")[1]
            #expect(first.hasPrefix("1,0.5,1.25,0.5,0.5,0.75,"))
            #expect(try lines("metrics.csv")[2] == "2,0.5,1.25,0.5,,,,false,2.0,1.0,100.0")
            // A resumed run that had saved two epochs does the third again; a line that was cut off goes, too.
            try Files.append(Array("4,0.5,1.2".utf8), to: folder + "/metrics.csv")
            try run.beginMetrics(epochsDone: 2)
            try run.append(RunRecordTests.metrics(epoch: 3, validation: nil))
            #expect(try lines("metrics.csv").map { $0.prefix(2) } == ["ep", "1,", "2,", "3,"])
            #expect(try lines("metrics.jsonl").map { try JSON.parse(String($0))["epoch"] } == [1, 2, 3])
            let second = try lines("metrics.jsonl")[1]
            #expect(try JSON.parse(String(second))["validation_loss"] == .null)
            try run.beginMetrics(epochsDone: 0)
            #expect(try lines("metrics.csv").count == 1)
            #expect(try lines("metrics.jsonl").isEmpty)
        }
    }

    @Test func aFolderIsOneRunsAtATime() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(existing: folder)
            for name in [".hartrain-x.tmp", "run.json"] { try Files.append([1], to: "\(folder)/\(name)") }
            do {
                let lock = try run.take()
                #expect(try Files.list(folder) == ["run.json"])
                let error = #expect(throws: ModelFileError.self) { _ = try run.take() }
                #expect(error?.file == folder)
                #expect(error?.reason.hasPrefix("a run is under way in this folder") == true)
                _ = consume lock
            }
            _ = try run.take()
        }
    }

    @Test func metricsAreOnTheDiskWhereTheyAre() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(existing: folder)
            #expect(throws: FileError.self) { try run.synchronizeMetrics() }
            try run.beginMetrics(epochsDone: 0)
            try run.synchronizeMetrics()
        }
    }

    @Test func aFolderIsNeverTakenTwice() throws {
        try withTemporaryFolder { folder in
            let runs = try (1...2).map { _ in try RunFolder(numbered: "cnn", in: folder + "/runs").path }
            #expect(runs == [folder + "/runs/cnn-1", folder + "/runs/cnn-2"])
            let mine = try RunFolder(creating: folder + "/mine").path
            #expect(mine == folder + "/mine")
            #expect(throws: FileError.self) { try RunFolder(creating: folder + "/mine") }
        }
    }
}
