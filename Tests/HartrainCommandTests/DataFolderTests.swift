import Glibc
import HAR
import Platform
import StrictJSON
import Testing

/// Training on folders in UCI HAR's layout: good ones, spoilt ones, and the real data where it is.
@Suite struct DataFolderTests {
    /// The text of all files of a small data set, by their paths.
    private static let files: [String: String] = {
        let data = SyntheticHAR(windowsPerActivity: 1).generate()
        var files: [String: String] = [:]
        for (half, part) in [("train", data.train), ("test", data.test)] {
            let values = part.values
            files["\(half)/y_\(half).txt"] = part.labels.map { "\($0 + 1)\n" }.joined()
            files["\(half)/subject_\(half).txt"] = part.groups.map { "\($0)\n" }.joined()
            for (channel, name) in UCIHAR.channels.enumerated() {
                files[signals(half, name)] = (0..<part.count).map { row in
                    (0..<UCIHAR.windowLength).map { step in
                        " \(values[(row * UCIHAR.windowLength + step) * UCIHAR.channels.count + channel])"
                    }.joined() + "\n"
                }.joined()
            }
        }
        return files
    }()

    private static func signals(_ half: String, _ channel: String) -> String {
        "\(half)/Inertial Signals/\(channel)_\(half).txt"
    }

    /// Writes the data set, one file of it changed or, where the change gives nil, left out.
    private static func write(to folder: String, _ spoilt: String = "", _ change: (String) -> String? = { $0 }) throws {
        for (path, text) in files {
            guard let text = path == spoilt ? change(text) : text else { continue }
            let parts = path.split(separator: "/").dropLast()
            try Files.createFolder(([folder] + parts.map(String.init)).joined(separator: "/"))
            try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(path)")
        }
    }

    /// Writes the data set into a folder.
    /// - Returns: Its path in the folder.
    static func makeFolder(in folder: String) throws -> String {
        try write(to: folder + "/set")
        return "set"
    }

    @Test func theCacheIsPruned() throws {
        try withTemporaryFolder { folder in
            try DataFolderTests.write(to: folder + "/set")
            let command = Command(in: folder)
            #expect(try command.run("data", "--data", "set").code == 0)
            func prune(_ options: String...) throws -> JSON {
                let outcome = try command.run(["data", "--prune-cache", "--json"] + options)
                #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
                return try JSON.parse(outcome.output)
            }
            let kept = try prune()
            #expect(kept["limit_bytes"] == .integer(1 << 30) && kept["removed_files"] == 0 && kept["kept_files"] == 1)
            let removed = try prune("--cache-limit", "0")
            #expect(removed["removed_files"] == 1 && removed["removed_bytes"] == kept["kept_bytes"] && removed["kept_files"] == 0)
            let text = try command.run("data", "--prune-cache", "--cache-limit", "1.5GiB").output
            #expect(text.hasSuffix("removed  0 files, 0.0 MiB\nkept     0 files, 0.0 MiB; the limit is 1.5 GiB\n"), "\(text)")
            for (options, problem) in [
                (["--cache-limit", "1GiB"], "--cache-limit needs --prune-cache"),
                (["--prune-cache", "--window", "1"], "--prune-cache reads no data"),
                (["--prune-cache", "--cache-limit", "5"], "give a size such as 500MiB or 2GiB, or 0"),
                (["--prune-cache", "--cache-limit=-1GiB"], "give a size such as"),
            ] as [([String], String)] {
                let outcome = try command.run(["data"] + options)
                #expect(outcome.code == 2 && outcome.errors.contains(problem), "\(outcome.errors)")
            }
        }
    }

    @Test func aFolderIsReadAndThenCached() throws {
        try withTemporaryFolder { folder in
            try DataFolderTests.write(to: folder + "/set")
            let command = Command(in: folder)
            let arguments = try TinyModel.write(to: folder).prefix(2) + ["--data", "set", "--epochs", "1", "--threads", "1"]
            let runs = try [arguments, arguments, arguments + ["--no-cache"]].map { try command.run(Array($0)) }
            for (run, note) in zip(runs, ["parsed and cached", "from the cache", "no cache"]) {
                #expect(run.code == 0, "\(run.errors)")
                #expect(run.errors.contains(note), "\(run.errors)")
                #expect(!run.errors.contains("SYNTHETIC"))
            }
            let weights = try (1...3).map { try RunFiles(in: "\(folder)/Checkpoints/tiny-\($0)").weights }
            #expect(weights[0] == weights[1])
            #expect(weights[0] == weights[2])
            #expect(try RunFiles(in: folder + "/Checkpoints/tiny-1").record["data"]?["source"] == "UCI HAR")
        }
    }

    /// Writes the data set with names for its classes, the windows of activity i under the label `label(i)`.
    private static func write(to folder: String, names: [String], label: (Int) -> Int) throws {
        try write(to: folder)
        let lines = names.enumerated().map { "\($0 + 1) \($1)\n" }.joined()
        try Files.writeAtomically(Array(lines.utf8), to: folder + "/activity_labels.txt")
        for half in ["train", "test"] {
            let file = "\(half)/y_\(half).txt"
            let labels = (files[file] ?? "").split(separator: "\n").map { "\(label((Int($0) ?? 1) - 1) + 1)\n" }.joined()
            try Files.writeAtomically(Array(labels.utf8), to: "\(folder)/\(file)")
        }
    }

    /// Weights know the names that their training's folder gave, and windows are scored by name, whatever number another folder gives.
    @Test func classesHaveTheNamesOfTheFolder() throws {
        try withTemporaryFolder { folder in
            let names = ["FALL", "SHAKE", "REST", "RUN", "JUMP", "LIE"]
            try DataFolderTests.write(to: folder + "/set", names: names) { $0 }
            try DataFolderTests.write(to: folder + "/turned", names: names.reversed()) { 5 - $0 }
            try DataFolderTests.write(to: folder + "/other", names: names.dropLast() + ["SIT"]) { $0 }
            let command = Command(in: folder)
            let model = try TinyModel.write(to: folder).prefix(2)
            let run = try command.run(model + ["--data", "set", "--epochs", "20", "--lr", "0.01", "--out", "run", "--quiet"])
            #expect(run.code == 0, "\(run.errors)")
            let record = try RunFiles(in: folder + "/run").record
            #expect(record["data"]?["source"] == "recordings in UCI HAR's layout")
            let report = try #require(record["test_report"])
            #expect(report["classes"]?.asArray?.compactMap { $0["name"]?.asString } == names)

            func evaluate(_ data: String) throws -> Command.Outcome {
                try command.run("evaluate", "--weights", "run", "--data", data, "--json")
            }
            let (same, turned, other) = (try evaluate("set"), try evaluate("turned"), try evaluate("other"))
            #expect(same.errors == "")
            #expect(try JSON.parse(same.output)["confusion"] == report["confusion"])
            #expect(turned.errors.hasPrefix("note: the data numbers its classes in another order than the weights"))
            #expect(try JSON.parse(turned.output)["confusion"] == report["confusion"])
            #expect(other.code == 1)
            #expect(other.output == "")
            #expect(other.errors.contains("these weights are for other data"), "\(other.errors)")
        }
    }

    /// The study's models take as many classes as the folder names; one that nobody recorded is named, and has no scores.
    @Test func classesAreCountedByTheFolder() throws {
        try withTemporaryFolder { folder in
            try DataFolderTests.write(to: folder + "/set", names: ["FALL", "SHAKE", "REST", "RUN"]) { $0 % 3 }
            let run = try Command(in: folder).run(
                "--model", "cnn", "--data", "set", "--epochs", "1", "--class-weights", "balanced", "--out", "run")
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.errors.contains("warning: no training window is of the class RUN: the model cannot learn it\n"))
            let report = try #require(try RunFiles(in: folder + "/run").record["test_report"])
            let last = try #require(report["classes"]?.asArray?.last)
            #expect(last["name"] == "RUN")
            #expect(last["windows"] == 0)
            #expect(report["confusion"]?.asArray?.count == 4)
            // A trial of two batches is told what all windows lack, and not what two batches lack.
            let trial = try Command(in: folder).run(
                "--model", "cnn", "--batch", "1", "--data", "set", "--dry-run", "--quiet")
            #expect(
                trial.code == 0
                    && trial.errors == "warning: no training window is of the class RUN: the model cannot learn it\n",
                "\(trial.errors)")
        }
    }

    /// Labels without names are taken for UCI HAR's, which is said once, by every command that reads them.
    @Test func namesThatAreAssumedAreSaid() throws {
        try withTemporaryFolder { folder in
            try DataFolderTests.write(to: folder + "/set")
            let command = Command(in: folder)
            let model = try TinyModel.write(to: folder).prefix(2)
            for arguments in [["data", "--data", "set"], model + ["--data", "set", "--epochs", "1", "--out", "run", "--quiet"]] {
                let outcome = try command.run(Array(arguments))
                #expect(outcome.code == 0)
                #expect(
                    outcome.errors.split(separator: "\n").count {
                        $0.hasPrefix(
                            "warning: set has no activity_labels.txt, so its labels 1 to 6 are taken for UCI HAR's: WALKING, ")
                    } == 1, "\(outcome.errors)")
            }
            let named = Array("\u{FEFF}1 WALKING\n2 UP\n3 DOWN\n4 SIT\n5 STAND\n6 LIE\n".utf8)
            try Files.writeAtomically(named, to: folder + "/set/activity_labels.txt")
            let outcome = try command.run("data", "--data", "set")
            #expect(outcome.code == 0 && !outcome.errors.contains("warning"), "\(outcome.errors)")
        }
    }

    /// One reading that is none spoils mean and deviation of its channel, or the loss of the test windows.
    @Test(arguments: [("train", "training", "3e+38"), ("test", "test", "1e+30")])
    func aReadingThatNoSensorGivesIsNamed(part: String, name: String, value: String) throws {
        try withTemporaryFolder { folder in
            try DataFolderTests.write(to: folder + "/set", DataFolderTests.signals(part, "body_gyro_y")) { text in
                var lines = text.split(separator: "\n").map(String.init)
                lines[6] = ([value] + lines[6].split(separator: " ").dropFirst().map(String.init)).joined(separator: " ")
                return lines.joined(separator: "\n") + "\n"
            }
            let model = try TinyModel.write(to: folder).prefix(2)
            let outcome = try Command(in: folder).run(model + ["--data", "set", "--epochs", "1", "--quiet"])
            #expect(
                outcome.errors.contains(
                    "warning: a reading of \(value) in channel body_gyro_y of window 7 of the data's \(name) part is more than"),
                "\(outcome.errors)")
            let clean = try Command(in: folder).run(model + ["--data", "synthetic", "--epochs", "1", "--quiet"])
            #expect(clean.code == 0 && !clean.errors.contains("a reading of"), "\(clean.errors)")
        }
    }

    @Test func aSpoiltFolderIsRefusedAndNoRunIsMade() throws {
        let body = DataFolderTests.signals("train", "body_acc_y")
        /// The file with word `column` (from 0) of line `line` replaced.
        func replaced(_ text: String, line: Int, word: Int, by new: String) -> String {
            var lines = text.split(separator: "\n").map(String.init)
            var words = lines[line - 1].split(separator: " ").map(String.init)
            words[word] = new
            lines[line - 1] = " " + words.filter { !$0.isEmpty }.joined(separator: " ")
            return lines.joined(separator: "\n") + "\n"
        }
        let cases: [(String, (String) -> String?, String)] = [
            (body, { _ in nil }, "\(body): cannot read the file: No such file or directory"),
            (body, { replaced($0, line: 9, word: 127, by: "") }, "\(body):9:"),
            (
                body, { replaced($0, line: 4, word: 0, by: "nan") },
                "\(body):4:2: value 1, \"nan\", is not a finite decimal number"
            ),
            (body, { replaced($0, line: 4, word: 0, by: "1 1") }, "\(body):4:"),
            (body, { $0.split(separator: "\n").dropLast().joined(separator: "\n") }, "\(body):126: 125 rows, but"),
            ("train/y_train.txt", { replaced($0, line: 3, word: 0, by: "7") }, "train/y_train.txt:3:2: label \"7\""),
            ("test/y_test.txt", { _ in "" }, "test/y_test.txt: the file is empty"),
            (
                "test/subject_test.txt", { replaced($0, line: 1, word: 0, by: "1") },
                "test/subject_test.txt:1:1: volunteer 1 is also in"
            ),
        ]
        for (file, change, reason) in cases {
            try withTemporaryFolder { folder in
                try DataFolderTests.write(to: folder + "/set", file, change)
                let model = try TinyModel.write(to: folder).prefix(2)
                for command in [model + ["--data", "set", "--epochs", "1", "--quiet"], ["data", "--data", "set"]] {
                    let outcome = try Command(in: folder).run(Array(command))
                    #expect(outcome.code == 1, "\(reason)")
                    #expect(outcome.output == "")
                    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
                    #expect(outcome.errors.hasPrefix("error: set/" + reason), "\(outcome.errors)")
                }
                #expect(!Files.exists(folder + "/Checkpoints"))
            }
        }
    }
}

/// The folder of the real data, from the environment.
private let realData = unsafe getenv("HAR_DATA").map { unsafe String(cString: $0) }

@Suite(.enabled(if: realData != nil, "set HAR_DATA to the folder of the UCI HAR data set"))
struct RealTrainingTests {
    @Test func aFewEpochsOfTheCNNReachTheirAccuracy() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment = ["HAR_DATA": try #require(realData)]
            command.limit = 600
            let outcome = try command.run(
                "--model", "cnn", "--epochs", "10", "--batch", "64", "--lr", "1e-3", "--json", "--quiet")
            #expect(outcome.code == 0, "\(outcome.errors)")
            let record = try JSON.parse(outcome.output)
            #expect(record["data"]?["windows"] == ["train": 5514, "validation": 1838, "test": 2947])
            #expect(try #require(record["accuracy"]?["validation"]?.asDouble) >= 0.93)
            #expect(try #require(record["accuracy"]?["test"]?.asDouble) >= 0.85)
        }
    }
}
