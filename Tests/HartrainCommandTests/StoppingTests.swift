import Glibc
import Models
import Platform
import StrictJSON
import Testing

/// Runs that end before their last epoch.
@Suite struct StoppingTests {
    private static func run(_ options: String...) throws -> (outcome: Command.Outcome, files: RunFiles) {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(try TinyModel.write(to: folder) + ["--out", "run"] + options)
            return (outcome, try RunFiles(in: folder + "/run"))
        }
    }

    /// Ctrl-\\ ends the program at once, also where the environment asks for the report of a crash.
    @Test func quittingReportsNoCrash() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment = ["SWIFT_BACKTRACE": "enable=yes,color=no"]
            command.prelude = "ulimit -c 0;"
            let process = try command.start(
                try TinyModel.write(to: folder, TinyModel.text(epochs: 100_000)) + ["--out", "run"])
            #expect(try process.wait { Files.exists(folder + "/run/run.json") })
            process.send(SIGQUIT)
            let outcome = try process.end()
            #expect(outcome.code == 128 + SIGQUIT)
            #expect(outcome.output == "" && outcome.errors == "", "\(outcome.errors.prefix(200))")
        }
    }

    @Test func patience() throws {
        // With a step so small that the accuracy cannot rise by a half.
        let (outcome, files) = try StoppingTests.run("--patience", "3", "--min-delta", "0.5", "--lr", "1e-6")
        #expect(outcome.code == 0)
        #expect(files.names == RunFiles.names)
        #expect(outcome.output.contains("(--patience)"))
        #expect(try files.record["stop_reason"] == "patience")
        #expect(try files.record["status"] == "finished")
        #expect(try files.record["epochs_done"] == 3)
        #expect(try files.record["epochs"] == 10)
        #expect(try files.metrics.count == 4)
        #expect(try files.record["accuracy"]?["test"]?.asDouble != nil)
    }

    @Test func targetAccuracy() throws {
        let (outcome, files) = try StoppingTests.run("--target-accuracy", "0.3")
        #expect(outcome.code == 0)
        #expect(files.names == RunFiles.names)
        #expect(outcome.output.contains("(--target-accuracy)"))
        let record = try files.record
        #expect(record["stop_reason"] == "target-accuracy")
        #expect(try #require(record["epochs_done"]?.asInt) < 10)
        #expect(try #require(record["accuracy"]?["validation"]?.asDouble) >= 0.3)
    }

    @Test func theBestWeightsAreScoredAndNotTheLast() throws {
        // A rate that rises to 1 and ruins the weights after a good epoch.
        let (_, files) = try StoppingTests.run("--epochs", "6", "--schedule", "cosine", "--warmup", "5", "--lr", "1")
        let record = try files.record
        let best = try #require(record["best_epoch"]?.asInt)
        try #require(best < 6, "the last epoch is the best, so this says nothing: choose another rate")
        #expect(try files.bytes("best.safetensors") != files.bytes("last.safetensors"))
        let accuracies = try files.metrics.dropFirst().compactMap { Double($0[5]) }
        #expect(accuracies.max() == record["accuracy"]?["validation"]?.asDouble)
        #expect(accuracies[best - 1] == accuracies.max())
        #expect(try files.metrics[best][7] == "true")
    }

    @Test func divergenceNamesTheLayerAndKeepsWhatIsGood() throws {
        for options in [
            ["--lr", "1e30"], ["--lr", "3e38", "--batch", "5000", "--evaluate-every", "5", "--checkpoint-every", "0"],
        ] {
            let (outcome, files) = try withTemporaryFolder { folder in
                let outcome = try Command(in: folder).run(["--data", "synthetic", "--quiet", "--out", "run"] + options)
                // What is saved can be read: all its values are finite.
                for name in try Files.list(folder + "/run").filter({ $0 == "best.safetensors" || $0 == "last.safetensors" }) {
                    #expect(throws: Never.self) { try Checkpoint(reading: "\(folder)/run/\(name)") }
                }
                return (outcome, try RunFiles(in: folder + "/run"))
            }
            #expect(outcome.code == 3)
            #expect(outcome.output == "")
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.errors.hasPrefix("error: training diverged: the output of layer conv"), "\(outcome.errors)")
            #expect(outcome.errors.hasSuffix("(--learning-rate, --clip-norm)\n"), "\(outcome.errors)")
            #expect(try files.record["status"] == "diverged")
            #expect(try files.record["stop_reason"] == "diverged")
            #expect(files.names.contains("last.safetensors"))
        }
    }

    @Test func evaluationsAreDoneWhenTheyAreDue() throws {
        let (_, files) = try StoppingTests.run("--epochs", "5", "--evaluate-every", "2")
        #expect(try files.metrics.dropFirst().map { $0[5].isEmpty } == [true, false, true, false, false])
        #expect(try files.metricObjects.map { $0["validation_accuracy"] == .null } == [true, false, true, false, false])
    }
}
