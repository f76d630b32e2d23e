import HAR
import Layers
import Models
import Platform
import StrictJSON
import TensorFiles
import Testing
import TimeSeries

/// What a run gives: its accuracy, its files, its outputs.
@Suite struct ResultTests {
    @Test func aShortTrainingReachesItsAccuracy() throws {
        let run = try TrainedRun.shared
        #expect(run.outcome.code == 0, "\(run.outcome.errors)")
        let accuracy = try #require(try run.files.record["accuracy"])
        // Seen: 0.988, 0.988 and 0.979.
        for part in ["train", "validation", "test"] { #expect(try #require(accuracy[part]?.asDouble) >= 0.9, "\(part)") }
    }

    @Test func theFolderHoldsAllFiles() throws {
        let files = try TrainedRun.shared.files
        #expect(files.names == RunFiles.names)
        #expect(try files.metrics.map { $0.count } == [11, 11, 11, 11, 11])
        #expect(try files.metrics.dropFirst().map { $0[0] } == ["1", "2", "3", "4"])
        let confusion = String(decoding: try files.bytes("confusion.csv"), as: UTF8.self).split(separator: "\n")
        #expect(confusion.count == 7)
        #expect(confusion[0] == "true\\predicted," + UCIHAR.activities.joined(separator: ","))
        let report = try #require(try files.record["test_report"]?["confusion"]?.asArray)
        for (index, row) in report.enumerated() {
            let counts = try #require(row.asArray).compactMap(\.asInt).map(String.init)
            #expect(confusion[index + 1] == "\(UCIHAR.activities[index])," + counts.joined(separator: ","))
        }
    }

    @Test func theReportInMarkdownSaysWhatTheRecordSays() throws {
        let files = try TrainedRun.shared.files
        // Columns are aligned, so between words there may be many spaces.
        let report = String(decoding: try files.bytes("report.md"), as: UTF8.self).split(separator: " ").joined(separator: " ")
        let accuracy = try #require(try files.record["accuracy"]?["test"]?.asDouble)
        // To four places, as printed.
        let digits = String(Int((accuracy * 1e4).rounded()))
        let printed = accuracy < 1 ? "0." + String(repeating: "0", count: 4 - digits.count) + digits : "1.0000"
        #expect(report.contains("| test (other volunteers) | \(printed) | "), "\(report)")
        #expect(report.hasPrefix("# ") && report.contains("SYNTHETIC"))
        for name in UCIHAR.activities { #expect(report.contains("| \(name) | ")) }
    }

    @Test func bothMetricsFilesSayTheSame() throws {
        let files = try TrainedRun.shared.files
        let rows = try files.metrics
        for (object, row) in zip(try files.metricObjects, rows.dropFirst()) {
            let members = try #require(object.asObject)
            #expect(members.keys == rows[0].map(String.init))
            #expect(members.members.map { $0.value.serialized() } == row.map(String.init))
        }
        #expect(try files.metricObjects.count == rows.count - 1)
    }

    @Test func theRecordSaysEverythingOfTheRun() throws {
        let record = try TrainedRun.shared.files.record
        func check(_ path: String, _ isRight: (JSON) -> Bool) {
            var value: JSON? = record
            for key in path.split(separator: "/") { value = value?[String(key)] }
            #expect(value.map(isRight) == true, "\(path) is \(value?.serialized() ?? "missing")")
        }
        func share(_ value: JSON) -> Bool { value.asDouble.map { (0...1).contains($0) } == true }
        func positive(_ value: JSON) -> Bool { value.asDouble.map { $0 > 0 } == true }
        func text(_ value: JSON) -> Bool { value.asString?.isEmpty == false }
        check("model") { $0 == "cnn" }
        check("parameters") { $0 == 34728 }
        check("epochs") { $0 == 4 }
        check("epochs_done") { $0 == 4 }
        check("best_epoch") { $0.asInt.map { (1...4).contains($0) } == true }
        check("batch") { $0 == 32 }
        check("seed") { $0 == 0 }
        check("threads") { $0.asInt.map { $0 >= 1 } == true }
        check("status") { $0 == "finished" }
        check("stop_reason") { $0 == "finished" }
        for key in ["architecture", "cpu", "kernels", "system"] { check("device/" + key, text) }
        check("device/blas") { $0 == .null }
        check("data/source") { $0 == "synthetic" }
        check("data/hash") { $0 == .string(SyntheticHAR().generate().hash) }
        check("data/windows") { $0 == ["train": 1512, "validation": 504, "test": 864] }
        for key in ["training_seconds", "evaluation_seconds", "io_seconds", "peak_memory_bytes"] { check(key, positive) }
        for part in ["train", "validation", "test"] {
            check("accuracy/" + part, share)
            check("macro_f1/" + part, share)
            check("loss/" + part, positive)
        }
        check("seconds_to_accuracy") { $0.asObject?.keys == ["0.90", "0.95", "0.99"] }
        check("seconds_to_accuracy/0.90", positive)
        check("arguments") { $0 == .array((["hartrain"] + TrainedRun.arguments).map(JSON.string)) }
        check("recipe/learning_rate") { $0 == 0.001 }
        check("model_description/layers") { $0.asArray?.count == 15 }
    }

    /// The windows held out have no part in the statistics.
    @Test func standardizationIsOfTheTrainingWindowsOnly() throws {
        let train = SyntheticHAR().generate().train
        let expected = try Standardization(of: train.split(.stratified).training, kind: .channelAndStep)
        let file = try SafetensorsFile(decoding: TrainedRun.shared.files.bytes("best.safetensors"), source: "best")
        #expect(try file.floats("standardize.mean") == expected.mean)
        #expect(try file.floats("standardize.std") == expected.std)
    }

    @Test func eachRowOfTheReportIsOfItsPart() throws {
        try withTemporaryFolder { folder in
            let arguments = try TinyModel.write(to: folder) + ["--epochs", "3", "--out", "run"]
            let lines = try Command(in: folder).run(arguments).output.split(separator: "\n")
            let record = try RunFiles(in: folder + "/run").record
            for (title, part) in [("training ", "train"), ("validation ", "validation"), ("test (other volunteers) ", "test")] {
                let line = try #require(lines.first { $0.hasPrefix(title) && $0.split(separator: " ").count <= 7 }, "\(title)")
                let cells = line.split(separator: " ").suffix(4).compactMap { Double($0) }
                try #require(cells.count == 4, "\(line)")
                for (cell, key) in zip(cells, ["accuracy", "loss", "macro_f1"]) {
                    let expected = try #require(record[key]?[part]?.asDouble)
                    #expect(abs(cell - expected) <= 0.00005001, "\(part) \(key)")
                }
                #expect(record["data"]?["windows"]?[part] == .integer(Int(cells[3])))
            }
            // Only where the parts differ does the test say anything.
            #expect(record["loss"]?["train"] != record["loss"]?["validation"])
        }
    }

    @Test func aDiskThatIsFullAtTheStartLeavesNoFolder() throws {
        try withTemporaryFolder { folder in
            let arguments = try TinyModel.write(to: folder) + ["--epochs", "1", "--out", "run"]
            var command = Command(in: folder)
            // A limit on the size of files, 4 KiB, stands for the full disk.
            command.prelude = "ulimit -f 8;"
            let outcome = try command.run(arguments)
            #expect(outcome.code == 1)
            #expect(outcome.errors == "error: run/last.safetensors: cannot write it: File too large: \(ResultTests.remedy)\n")
            #expect(!Files.exists(folder + "/run"))
            #expect(try Command(in: folder).run(arguments).code == 0)
        }
    }

    private static let remedy = "raise 'ulimit -f', or choose a file system that takes larger files, and try again"

    @Test func aDiskThatIsFullLaterSaysHowToGoOn() throws {
        try withTemporaryFolder { folder in
            let model = try TinyModel.write(to: folder)
            #expect(try Command(in: folder).run(model + ["--epochs", "1", "--out", "run"]).code == 0)
            var command = Command(in: folder)
            command.prelude = "ulimit -f 8;"
            let outcome = try command.run("--resume", "run", "--epochs", "2", "--data", "synthetic", "--quiet")
            #expect(outcome.code == 1 && outcome.output == "" && outcome.errorLines.count == 1)
            let advice =
                "cannot write it: File too large: \(ResultTests.remedy); the run is kept as it was last saved, go on with '"
            #expect(outcome.errors.contains(advice), "\(outcome.errors)")
            #expect(outcome.errors.hasSuffix(" --resume run --data synthetic'\n"), "\(outcome.errors)")
            #expect(try Command(in: folder).run("--resume", "run", "--epochs", "2", "--data", "synthetic").code == 0)
        }
    }

    @Test func settingsHaveTheirDefaults() throws {
        try withTemporaryFolder { folder in
            let model = try TinyModel.write(to: folder) + ["--dry-run", "--json"]
            func recipe(_ options: String...) throws -> JSON {
                try #require(try JSON.parse(try Command(in: folder).run(model + options).output)["recipe"])
            }
            #expect(try recipe("--optimizer", "adamw")["optimizer"]?["weight_decay"] == 0.01)
            #expect(try recipe("--optimizer", "adam")["optimizer"]?["weight_decay"] == 0.0)
            #expect(try recipe("--optimizer", "sgd")["optimizer"]?["weight_decay"] == 0.0)
            let step = try recipe("--schedule", "step", "--epochs", "31")["schedule"]
            #expect(step?["epochs"] == 10)
            #expect(step?["factor"] == 0.1)
            #expect(try recipe("--schedule", "step", "--epochs", "2")["schedule"]?["epochs"] == 1)
        }
    }

    @Test func jsonIsOneObjectEqualToTheRecord() throws {
        let run = try TrainedRun.shared
        #expect(run.outcome.output.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(run.outcome.output.hasSuffix("}\n"))
        var printed = try #require(try JSON.parse(run.outcome.output).asObject)
        var kept = try #require(try run.files.record.asObject)
        // Measured at the moment of writing.
        printed.set("peak_memory_bytes", 0)
        kept.set("peak_memory_bytes", 0)
        #expect(printed == kept)
    }

    @Test func theReportIsOnStandardOutputAndAllElseOnStandardError() throws {
        try withTemporaryFolder { folder in
            let model = try TinyModel.write(to: folder).dropLast()
            let outcome = try Command(in: folder).run(model + ["--epochs", "2"])
            #expect(outcome.code == 0)
            for result in ["accuracy", "macro F1", "precision", "true \\ predicted", "training time"] {
                #expect(outcome.output.contains(result))
            }
            for other in ["program", "arguments", "epoch 1/2", "written to"] {
                #expect(outcome.errors.contains(other))
                #expect(!outcome.output.contains(other))
            }
            let quiet = try Command(in: folder).run(model + ["--epochs", "2", "--quiet"])
            #expect(quiet.errors == "")
            #expect(quiet.code == 0)
            #expect(try Files.list(folder + "/Checkpoints") == ["tiny-1", "tiny-2"])
        }
    }

    @Test func syntheticWindowsAreCalledSoEverywhere() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let run = try command.run(try TinyModel.write(to: folder).dropLast() + ["--epochs", "1", "--out", "run"])
            #expect(run.output.contains("SYNTHETIC"))
            #expect(run.errors.contains("SYNTHETIC"))
            #expect(try RunFiles(in: folder + "/run").record["data"]?["source"] == "synthetic")
            let evaluation = ["evaluate", "--weights", "run/best.safetensors", "--data", "synthetic"]
            let evaluated = try command.run(evaluation)
            #expect(evaluated.output.contains("synthetic"))
            #expect(evaluated.errors.contains("SYNTHETIC"))
            let evaluatedJSON = try JSON.parse(try command.run(evaluation + ["--json"]).output)
            #expect(evaluatedJSON["data"]?["source"] == "synthetic")
            #expect(try command.run("info", "run/best.safetensors").output.contains("synthetic"))
            #expect(try command.run("data", "--data", "synthetic").output.contains("SYNTHETIC"))
            // Another seed is another data set, and the record says which.
            let other = try command.run("data", "--data", "synthetic:7", "--json")
            #expect(try JSON.parse(other.output)["source"] == "synthetic:7")
        }
    }

    @Test func aFolderThatIsThereIsRefusedAndUntouched() throws {
        try withTemporaryFolder { folder in
            let command = try TinyModel.write(to: folder) + ["--epochs", "1", "--out", "mine"]
            try Files.createFolder(folder + "/mine")
            try Files.writeAtomically([1, 2, 3], to: folder + "/mine/precious")
            let outcome = try Command(in: folder).run(command)
            #expect(outcome.code == 1)
            #expect(outcome.output == "")
            #expect(outcome.errors == "error: cannot create folder mine: File exists\n")
            #expect(try Files.list(folder + "/mine") == ["precious"])
            #expect(try Files.read(folder + "/mine/precious") == [1, 2, 3])
        }
    }

    @Test func runsAtTheSameTimeGetFoldersOfTheirOwn() throws {
        try withTemporaryFolder { folder in
            let arguments = try TinyModel.write(to: folder) + ["--epochs", "1"]
            let first = try Command(in: folder).start(arguments)
            let second = try Command(in: folder).start(arguments)
            #expect(try first.end().code == 0)
            #expect(try second.end().code == 0)
            #expect(try Files.list(folder + "/Checkpoints") == ["tiny-1", "tiny-2"])
            for number in 1...2 {
                let files = try RunFiles(in: "\(folder)/Checkpoints/tiny-\(number)")
                #expect(files.names == RunFiles.names)
                #expect(try files.metrics.count == 2)
            }
        }
    }

    @Test func aDryRunLeavesNothing() throws {
        try withTemporaryFolder { folder in
            let place = folder + "/empty"
            try Files.createFolder(place)
            let outcome = try Command(in: place).run("--dry-run", "--data", "synthetic")
            #expect(outcome.code == 0)
            #expect(outcome.errors.contains("dry run passed"))
            // One epoch of two batches, whatever the recipe.
            #expect(outcome.errors.contains("epoch 1/1"))
            #expect(try Files.list(place).filter { !$0.hasPrefix(".process") && $0 != ".cache" } == [])
        }
    }
}
