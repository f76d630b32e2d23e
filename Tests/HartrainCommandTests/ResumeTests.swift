import Glibc
import Models
import Platform
import StrictJSON
import TensorFiles
import Testing

/// A run that was stopped, however it was, ends in the same bytes as one that was not.
@Suite struct ResumeTests {
    /// The uninterrupted run.
    private static let reference = Result {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(try TinyModel.write(to: folder) + ["--out", "run", "--json"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            return try RunFiles(in: folder + "/run")
        }
    }

    /// Makes a run that `stop` ends before its end, resumes it and compares.
    private static func check(
        _ options: [String] = [], stop: (Process, _ folder: String) throws -> Command.Outcome
    ) throws {
        let reference = try reference.get()
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let process = try command.start(try TinyModel.write(to: folder).dropLast() + ["--out", "run"] + options)
            let outcome = try stop(process, folder)
            // What a process killed within a write leaves behind.
            try Files.writeAtomically([1], to: folder + "/run/.hartrain-1a2b.tmp")
            let stopped = try RunFiles(in: folder + "/run")
            #expect(try stopped.record["status"] != "finished", "the run ended before it was stopped: \(outcome)")
            #expect(try stopped.bytes("last.safetensors") != reference.bytes("last.safetensors"))

            let resumed = try command.run("--resume", "run", "--quiet", "--json")
            #expect(resumed.code == 0, "\(resumed.errors)")
            let files = try RunFiles(in: folder + "/run")
            #expect(try files.weights == reference.weights)
            // No file of a write that was cut off stays behind.
            #expect(files.names == RunFiles.names)
            try ResumeTests.compareMetrics(files, reference)
            let (record, expected) = (try files.record, try reference.record)
            for key in [
                "accuracy", "loss", "macro_f1", "test_report", "best_epoch", "epochs_done", "status", "stop_reason", "recipe",
            ] {
                #expect(record[key] == expected[key], "\(key)")
            }
            // The clocks go on where they stopped; a run that was up scored its weights beside them.
            for key in ["training_seconds", "io_seconds"] {
                let (before, after) = (try stopped.record[key]?.asDouble, record[key]?.asDouble)
                #expect(try #require(after) > #require(before), "\(key)")
            }
            // The record names the command that began the run.
            #expect(record["arguments"]?.asArray?.contains("tiny.json") == true)
        }
    }

    /// Each epoch once, with the scores of the uninterrupted run.
    private static func compareMetrics(_ files: RunFiles, _ reference: RunFiles) throws {
        let measured = 8
        #expect(try files.metrics.map { $0.prefix(measured) } == reference.metrics.map { $0.prefix(measured) })
        #expect(try files.metricObjects.map { $0["epoch"]?.asInt } == Array(1...10))
    }

    /// Interrupts after some epochs.
    private static func interrupt(_ process: Process, _ folder: String, by signal: Int32) throws -> Command.Outcome {
        #expect(try process.wait { RunFiles.epochs(in: folder + "/run") >= 3 })
        process.send(signal)
        return try process.end()
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func afterASignal(signal: Int32, code: Int32) throws {
        try ResumeTests.check { process, folder in
            let outcome = try ResumeTests.interrupt(process, folder, by: signal)
            #expect(outcome.code == code)
            #expect(outcome.output == "")
            #expect(outcome.errors.contains("the run is saved"))
            #expect(outcome.errors.contains("hartrain --resume run --data synthetic\n"), "\(outcome.errors)")
            #expect(try RunFiles(in: folder + "/run").record["stop_reason"] == "interrupted")
            return outcome
        }
    }

    @Test func afterAKillBeforeTheFirstEpochHasEnded() throws {
        // The first file that says so is there from the beginning; nothing more is saved within ten seconds.
        try ResumeTests.check(["--progress", "none"]) { process, folder in
            #expect(try process.wait { Files.exists(folder + "/run/run.json") })
            process.send(SIGKILL)
            return try process.end()
        }
    }

    @Test func afterAKillBetweenTwoEpochs() throws {
        try ResumeTests.check(["--checkpoint-every", "0"]) { process, folder in
            let outcome = try ResumeTests.interrupt(process, folder, by: SIGKILL)
            #expect(outcome.code == 128 + SIGKILL)
            return outcome
        }
    }

    @Test func afterAKillWithinAnEpoch() throws {
        try ResumeTests.check(["--checkpoint-every", "0.001"]) { process, folder in
            #expect(try process.wait { RunFiles.epochs(in: folder + "/run") >= 1 })
            // Killed where the saved state is in the middle of an epoch: the process is stopped, looked at, and goes on if it is not.
            func savedBatch() throws -> Int? {
                let file = try SafetensorsFile.read(folder + "/run/resume.safetensors")
                return try JSON.parse(#require(file.metadata["hartrain.progress"]))["batch"]?.asInt
            }
            process.send(SIGSTOP)
            while try savedBatch() == 0 {
                process.send(SIGCONT)
                usleep(5000)
                process.send(SIGSTOP)
            }
            process.send(SIGKILL)
            return try process.end()
        }
    }

    @Test func afterTheTimeWasUp() throws {
        try ResumeTests.check(["--max-time", "0.01s"]) { process, folder in
            let outcome = try process.end()
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("--max-time"))
            #expect(outcome.errors.contains("hartrain --resume run --data synthetic"))
            let files = try RunFiles(in: folder + "/run")
            #expect(files.names == RunFiles.names)
            #expect(try files.record["stop_reason"] == "max-time")
            #expect(try files.record["accuracy"] != nil)
            return outcome
        }
    }

    @Test func theResumeCommandCanBePasted() throws {
        try withTemporaryFolder { folder in
            try Files.createFolder(folder + "/my tools")
            let linked = unsafe symlink(Command.binary, folder + "/my tools/hartrain")
            #expect(linked == 0)
            var command = Command(in: folder)
            command.program = "my tools/hartrain"
            let model = try TinyModel.write(to: folder).dropLast()
            let stopped = try command.run(model + ["--out", "my run", "--max-time", "0.001"])
            let line = try #require(stopped.errorLines.last)
            #expect(line == "  'my tools/hartrain' --resume 'my run' --data synthetic")

            command.program = "/bin/sh"
            let resumed = try command.run("-c", String(line))
            #expect(resumed.code == 0, "\(resumed.errors)")
            #expect(try RunFiles(in: folder + "/my run").record["status"] == "finished")
        }
    }

    @Test func theTimeMayBeUpSeveralTimes() throws {
        try ResumeTests.check(["--max-time", "0.01s"]) { process, folder in
            _ = try process.end()
            // A time that is up at once lets one batch pass.
            for _ in 0..<3 {
                let outcome = try Command(in: folder).run("--resume", "run", "--quiet", "--max-time", "0.001s")
                #expect(outcome.code == 0, "\(outcome.errors)")
            }
            return Command.Outcome(code: 0, output: "", errors: "")
        }
    }

    @Test func aFinishedRunSaysItsResultAgain() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let arguments = try TinyModel.write(to: folder) + ["--out", "run", "--json", "--epochs", "4", "--patience", "1"]
            let first = try JSON.parse(try command.run(arguments).output)
            let files = try RunFiles(in: folder + "/run")
            let again = try command.run("--resume", "run", "--quiet", "--json")
            #expect(again.code == 0)
            for key in ["accuracy", "loss", "best_epoch", "epochs_done", "stop_reason", "training_seconds"] {
                #expect(try JSON.parse(again.output)[key] == first[key], "\(key)")
            }
            // In words, too.
            let report = try command.run("--resume", "run", "--quiet", "--threads", "1")
            #expect(report.code == 0)
            #expect(report.output.contains("best of \(first["epochs_done"]?.asInt ?? 0) epochs"))
            let after = try RunFiles(in: folder + "/run")
            #expect(after.names == files.names)
            for name in RunFiles.names { #expect(try after.bytes(name) == files.bytes(name), "\(name)") }
            // Weights that are gone come back.
            try Files.remove(folder + "/run/best.safetensors")
            #expect(try command.run("--resume", "run", "--quiet").code == 0)
            #expect(try RunFiles(in: folder + "/run").weights == files.weights)
        }
    }

    @Test func aFolderWithARunUnderWayIsRefused() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let arguments = try TinyModel.write(to: folder, TinyModel.text(epochs: 100_000)) + ["--out", "run"]
            let first = try command.start(arguments)
            #expect(try first.wait { Files.exists(folder + "/run/run.json") })
            for _ in 0..<2 {
                let second = try command.run("--resume", "run", "--quiet")
                #expect(second.code == 1)
                #expect(second.output == "")
                #expect(second.errors.hasPrefix("error: run: a run is under way in this folder"), "\(second.errors)")
            }
            first.send(SIGKILL)
            _ = try first.end()
            // A run that is resumed has the folder, too, and a killed one has not.
            let third = try command.start(["--resume", "run"])
            #expect(try third.wait { third.errors.contains("program") })
            #expect(try command.run("--resume", "run", "--quiet").errors.contains("a run is under way"))
            third.send(SIGINT)
            #expect(try third.end().code == 130)
            #expect(
                try RunFiles(in: folder + "/run").names == RunFiles.names.filter { $0 != "confusion.csv" && $0 != "report.md" })
        }
    }

    /// The first epoch after a resume tells how long an epoch takes; the epochs done before it must not.
    @Test func theTimeLeftIsThatOfTheEpochsLeft() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let epochs = 100_000
            let arguments = try TinyModel.write(to: folder, TinyModel.text(epochs: epochs)) + ["--out", "run"]
            let process = try command.start(arguments + ["--checkpoint-every", "0"])
            #expect(try process.wait { RunFiles.epochs(in: folder + "/run") >= 30 })
            process.send(SIGTERM)
            #expect(try process.end().code == 143)
            let done = RunFiles.epochs(in: folder + "/run")
            let resumed = try command.run("--resume", "run", "--max-time", "1s", "--progress", "plain")
            let line = try #require(resumed.errorLines.first { $0.hasPrefix("epoch ") })
            #expect(line.hasPrefix("epoch \(done + 1)/"))
            let rows = try RunFiles(in: folder + "/run").metrics.dropFirst()
            let (before, after) = (try #require(rows.dropFirst(done - 1).first), try #require(rows.dropFirst(done).first))
            let seconds = try (8...9).map { try #require(Double(after[$0])) - #require(Double(before[$0])) }.reduce(0, +)
            let words = line.split(separator: " ")
            let clock = try #require(words.firstIndex(of: "ETA").map { words[$0 + 1] })
            let left = try clock.split(separator: ":").reduce(0.0) { try $0 * 60 + #require(Double($1)) }
            // Other work on the machine makes the epoch longer than its own clocks say, never shorter.
            #expect(left > seconds * Double(epochs - done) / 2, "\(line): \(seconds) s an epoch")
        }
    }

    @Test func otherDataAndOtherRecipesAreRefused() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            _ = try command.run(try TinyModel.write(to: folder) + ["--out", "run", "--max-time", "0.001"])
            let before = try RunFiles(in: folder + "/run")
            let refusals: [([String], Int32, String)] = [
                (["--data", "synthetic:2"], 1, "the run's data differs"),
                (["--batch", "20"], 2, "leave out --batch"),
                (["--lr", "1", "--seed", "3", "--epochs", "20"], 2, "leave out --learning-rate, --seed"),
                (["--drop-last"], 2, "leave out --drop-last"),
                (["--model", "cnn"], 2, "leave out --model"), (["--split", "volunteers"], 2, "leave out the split"),
                (["--out", "other"], 2, "leave out --out"), (["--config", "run/run.json"], 2, "leave out --config"),
                (["--dry-run"], 2, "--dry-run and --resume exclude each other"),
            ]
            for (options, code, reason) in refusals {
                let outcome = try command.run(["--resume", "run", "--quiet"] + options)
                #expect(outcome.code == code, "\(options)")
                #expect(outcome.errors.contains(reason), "\(options): \(outcome.errors)")
                #expect(outcome.errorLines.count == 1)
                #expect(outcome.output == "")
            }
            let after = try RunFiles(in: folder + "/run")
            for name in RunFiles.names { #expect(try after.bytes(name) == before.bytes(name), "\(name)") }
        }
    }

    @Test func whatIsNoRunIsRefused() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let missing = try command.run("--resume", "nowhere")
            #expect(missing.code == 1)
            #expect(missing.errors == "error: nowhere/run.json: cannot read it: No such file or directory\n")
            try Files.createFolder(folder + "/half")
            let half = try command.run("--resume", "half")
            #expect(half.code == 1)
            #expect(half.errors.hasPrefix("error: half has no run.json: it is not a run folder, or its run ended before"))
            #expect(half.errors.hasSuffix("remove the folder and begin the run again\n"))
            _ = try command.run(try TinyModel.write(to: folder) + ["--out", "run", "--max-time", "0.001"])
            let whole = try Files.read(folder + "/run/resume.safetensors")
            for bytes in [Array(whole.dropLast(100)), Array(whole.prefix(4)), [], Array("hello, world".utf8)] {
                try Files.writeAtomically(bytes, to: folder + "/run/resume.safetensors")
                let outcome = try command.run("--resume", "run", "--quiet")
                #expect(outcome.code == 1)
                #expect(outcome.errorLines.count == 1)
                #expect(outcome.errors.hasPrefix("error: run/resume.safetensors: "), "\(outcome.errors)")
            }
            try Files.writeAtomically(Array("{}".utf8), to: folder + "/run/run.json")
            let outcome = try command.run("--resume", "run", "--quiet")
            #expect(outcome.code == 1)
            #expect(outcome.errors == "error: run/run.json: 'model_description' is missing: this is not a run.json of hartrain\n")
        }
    }

    /// A run that has ended says so and, with more epochs, goes on in the bits of its weights; a schedule is that of the new number.
    @Test func aRunThatEndedGoesOnWithMoreEpochs() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let model = try TinyModel.write(to: folder).dropLast() + ["--schedule", "constant"]
            func train(_ options: [String]) throws -> Command.Outcome {
                let outcome = try command.run(options)
                #expect(outcome.code == 0, "\(outcome.errors)")
                return outcome
            }
            _ = try train(model + ["--epochs", "5", "--out", "whole"])
            _ = try train(model + ["--epochs", "3", "--out", "run"])
            let again = try train(["--resume", "run"])
            #expect(
                again.errors.contains("the run had ended before, this is its result; to go on from there: "), "\(again.errors)")
            #expect(try RunFiles(in: folder + "/run").record["epochs"] == 3)
            _ = try train(["--resume", "run", "--epochs", "5", "--quiet"])
            let (files, whole) = (try RunFiles(in: folder + "/run"), try RunFiles(in: folder + "/whole"))
            #expect(try files.weights == whole.weights)
            #expect(try files.record["recipe"] == whole.record["recipe"])
            #expect(try files.metricObjects.map { $0["epoch"]?.asInt } == Array(1...5))
            // Stopped once more and taken up again, it is the longer run.
            _ = try train(["--resume", "run", "--quiet"])

            let fewer = try command.run("--resume", "run", "--epochs", "4")
            #expect(fewer.code == 1)
            #expect(fewer.errors.contains("must be more than the 5 that the run has done, not 4"), "\(fewer.errors)")
            let batch = try command.run("--resume", "run", "--batch", "4")
            #expect(batch.code == 2)
            #expect(batch.errors.contains("leave out --batch"))
        }
    }

    /// What is offered to a run that ended early does not end it again one epoch later.
    @Test(arguments: [["--target-accuracy", "0.3"], ["--patience", "2", "--min-delta", "0.9"]])
    func whatIsOfferedGoesOn(stop: [String]) throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let model = try TinyModel.write(to: folder).dropLast() + ["--out", "run", "--epochs", "20", "--quiet"]
            #expect(try command.run(model + stop).code == 0)
            let done = try #require(try RunFiles(in: folder + "/run").record["epochs_done"]?.asInt)
            try #require(done < 19)
            let again = try command.run("--resume", "run")
            let offer = try #require(again.errors.split(separator: "\n").first { $0.contains("to go on from there: ") })
            let options = try #require(offer.split(separator: " run ").last).split(separator: " ").map(String.init)
            #expect(options.first == stop[0], "\(offer)")
            #expect(try command.run(["--resume", "run", "--quiet"] + options).code == 0)
            let after = try #require(try RunFiles(in: folder + "/run").record["epochs_done"]?.asInt)
            #expect(after > done + 1, "\(done), \(after)")
        }
    }

    /// The steps of a schedule stay where they were, and that is said.
    @Test func aStepScheduleStays() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let model = try TinyModel.write(to: folder).dropLast() + ["--out", "run", "--quiet"]
            #expect(try command.run(model + ["--epochs", "3", "--schedule", "step"]).code == 0)
            let longer = try command.run("--resume", "run", "--epochs", "6", "--quiet")
            #expect(
                longer.errors
                    == "note: the schedule stays as the run began: the learning rate times 0.1 every 1 epoch, whatever the number "
                    + "of epochs\n")
            #expect(try RunFiles(in: folder + "/run").record["recipe"]?["schedule"]?["epochs"] == 1)
        }
    }

    /// Where the data has gone, the place that the run remembers is named.
    @Test func dataThatHasGoneIsNamed() throws {
        try withTemporaryFolder { folder in
            let data = try DataFolderTests.makeFolder(in: folder)
            let command = Command(in: folder)
            let model = try TinyModel.write(to: folder).prefix(2)
            #expect(try command.run(model + ["--data", data, "--out", "run", "--max-time", "0.000001s", "--quiet"]).code == 0)
            let place = try #require(Files.wholePath("\(folder)/\(data)"))
            #expect(unsafe rename(place, place + "-moved") == 0)
            for options in [["--resume", "run"], ["--config", "run/run.json"]] {
                let outcome = try command.run(options)
                #expect(outcome.code == 1)
                #expect(
                    outcome.errors
                        == "error: the data of run/run.json was in \(place), which is not there any more: move it back, or name its "
                        + "folder with --data PATH\n")
            }
            #expect(try command.run("--resume", "run", "--data", data + "-moved", "--quiet").code == 0)
        }
    }

    /// The run remembers where its data was, whatever folder it is resumed from.
    @Test func aRunFindsItsDataAgain() throws {
        try withTemporaryFolder { folder in
            let data = try DataFolderTests.makeFolder(in: folder)
            var command = Command(in: folder)
            let model = try TinyModel.write(to: folder).prefix(2)
            let options = model + ["--data", data, "--out", "run", "--max-time", "0.000001s", "--quiet"]
            #expect(try command.run(Array(options)).code == 0)
            #expect(try RunFiles(in: folder + "/run").record["data"]?["path"]?.asString == Files.wholePath("\(folder)/\(data)"))
            try Files.createFolder(folder + "/elsewhere")
            command = Command(in: folder + "/elsewhere")
            command.environment = ["HAR_DATA": "nowhere"]
            let resumed = try command.run("--resume", "../run", "--quiet")
            #expect(resumed.code == 0, "\(resumed.errors)")
            #expect(try RunFiles(in: folder + "/run").record["status"] == "finished")
        }
    }

    /// A rate that is far too high is a divergence, or weights that are said to be no better than guessing: never a result without a word.
    @Test(arguments: ["1000", "0.5"]) func aRateThatIsTooHighIsSaid(rate: String) throws {
        try withTemporaryFolder { folder in
            // Also to those who asked for quiet: a warning is part of the result.
            let outcome = try Command(in: folder).run(
                "--model", "cnn", "--data", "synthetic", "--epochs", "3", "--lr", rate, "--threads", "2", "--quiet")
            let isGuess = outcome.code == 0 && outcome.errors.contains("no better than always answering WALKING (0.1667)")
            let isDivergence = outcome.code == 3 && outcome.errors.contains("error: training diverged: ")
            #expect(isGuess || isDivergence, "\(outcome.code) \(outcome.errors)")
        }
    }

    /// A run that goes on with other kernels or threads keeps its sessions apart, and says so.
    @Test func sessionsAreKeptApart() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            let model = try TinyModel.write(to: folder).dropLast()
            command.environment = ["HARTRAIN_KERNELS": "baseline"]
            let options = model + ["--out", "run", "--epochs", "2", "--threads", "1"]
            #expect(try command.run(Array(options)).code == 0)
            let same = try command.run("--resume", "run", "--epochs", "3", "--threads", "1")
            #expect(!same.errors.contains("it was on"), "\(same.errors)")
            let other = try command.run("--resume", "run", "--epochs", "5", "--threads", "2", "--quiet")
            #expect(other.errors.hasPrefix("note: the run goes on on "), "\(other.errors)")
            #expect(other.errors.contains("baseline kernels, 2 threads; it was on "))
            let record = try RunFiles(in: folder + "/run").record
            let sessions = try #require(record["sessions"]?.asArray)
            #expect(sessions.map { $0["epochs"] } == [2, 1, 2])
            #expect(sessions.map { $0["threads"] } == [1, 1, 2])
            #expect(sessions.allSatisfy { $0["kernels"] == "baseline" })
            let seconds = sessions.compactMap { $0["training_seconds"]?.asDouble }
            #expect(abs(seconds.reduce(0, +) - (record["training_seconds"]?.asDouble ?? 0)) < 1e-9)
            #expect(seconds.allSatisfy { $0 > 0 })
            // The summed time stands beside all sessions, and not beside the last one's machine.
            let report = String(decoding: try Files.read(folder + "/run/report.md"), as: UTF8.self)
            #expect(
                report.contains("- machines: 2 epochs in ") && report.contains("baseline kernels, 1 thread; 1 epoch in "),
                "\(report)")
            #expect(!report.contains("- machine: "))
        }
    }
}
