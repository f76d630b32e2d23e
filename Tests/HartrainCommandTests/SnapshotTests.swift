import HAR
import Platform
import Testing

/// What the program prints is what it printed before.
@Suite struct SnapshotTests {
    @Test(arguments: [
        "", "train", "evaluate", "predict", "export", "import", "upload", "download", "bench", "compare", "report", "info",
        "data",
        "serve",
    ])
    func help(of command: String) throws {
        try withTemporaryFolder { folder in
            let arguments = command.isEmpty ? ["--help"] : [command, "--help"]
            let outcome = try Command(in: folder).run(arguments)
            #expect(outcome.code == 0)
            #expect(outcome.errors == "")
            // Options of the store are those that most readers need last.
            if let store = outcome.output.firstRange(of: "\n\nOBJECT STORE") {
                #expect(!outcome.output[store.upperBound...].dropLast(2).contains("\n\n"), "a section follows the store's")
            }
            try Snapshot.check(outcome.output, "help" + (command.isEmpty ? "" : "-" + command))
        }
    }

    @Test(arguments: StudyModel.allCases) func summary(of model: StudyModel) throws {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run("train", "--model", model.rawValue, "--summary")
            #expect(outcome.code == 0)
            #expect(outcome.errors == "")
            try Snapshot.check(outcome.output, "summary-" + model.rawValue)
            #expect(try Command(in: folder).run("info", "--model", model.rawValue).output == outcome.output)
            #expect(try Files.list(folder).filter { !$0.hasPrefix(".") } == [])
        }
    }

    @Test func progressAndReportOfARun() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "--data", "synthetic", "--epochs", "2", "--batch", "64", "--lr", "1e-3", "--threads", "2", "--out", "run",
            ]
            let outcome = try Command(in: folder).run(arguments)
            #expect(outcome.code == 0)
            // The first two lines name program and machine.
            let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.first?.hasPrefix("program   hartrain ") == true)
            #expect(lines.dropFirst().first?.hasPrefix("machine   ") == true)
            let log = lines.dropFirst(2).map { $0.hasPrefix("epoch") ? Snapshot.masked($0) : String($0) }
            try Snapshot.check(log.joined(separator: "\n"), "progress")
            // Scores depend on the processor's last bits, so of the report only the words stay.
            let report = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.split(separator: " ").filter { !$0.contains(where: \.isNumber) }.joined(separator: " ")
            }
            try Snapshot.check(report.filter { !$0.hasPrefix("time to accuracy") }.joined(separator: "\n"), "report")
        }
    }

    @Test func theVersion() throws {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run("--version")
            #expect(outcome.code == 0)
            #expect(outcome.output == "0.1.0\n")
        }
    }
}
