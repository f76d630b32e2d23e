import HAR
import Platform
import StrictJSON
import Testing

/// OpenBLAS is loaded by what needs it and by nothing else, and nothing fails where there is none.
@Suite struct WithoutBLASTests {
    /// Whether the program's dynamic loader looks for OpenBLAS, at its start or later.
    private func looksForOpenBLAS(_ arguments: [String], input: [UInt8] = []) throws -> Bool {
        let outcome = try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.prelude = "export LD_DEBUG=libs;"
            return try command.run(arguments, input: input)
        }
        #expect(outcome.code == 0, "\(outcome.errors)")
        // The loader reports what it does: without this a false answer would mean nothing.
        #expect(outcome.errors.contains("find library=libc.so.6"))
        return outcome.errors.contains("find library=libopenblas")
    }

    /// A window as text: a line for each step.
    private static let window: [UInt8] = {
        let format = UCIHAR.format
        let values = SyntheticHAR().generate().test.values.prefix(format.shape.count).map(\.description)
        let lines = stride(from: 0, to: values.count, by: format.shape[1]).map { first in
            values[first..<first + format.shape[1]].joined(separator: ",") + "\n"
        }
        return Array(lines.joined().utf8)
    }()

    /// Under any limit of the address space a command ends by itself: OpenBLAS starts no threads, and memory that is refused is an error.
    @Test(arguments: [60, 80, 100, 140, 200, 300]) func endsUnderALimitOfMemory(megabytes: Int) throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.prelude = "ulimit -v \(megabytes * 1000);"
            command.limit = 60
            let training = ["--model", "cnn", "--data", "synthetic", "--dry-run", "--quiet", "--threads", "2"]
            // The sgemm peak needs OpenBLAS, which takes 128 MiB for its first product or asks for it for ever.
            let bench = ["bench", "--model", "cnn", "--batch", "1", "--threads", "1", "--repetitions", "2", "--warmup", "1"]
            for arguments in [["--version"], ["info"], training, bench] {
                let outcome = try command.run(arguments)
                #expect([0, 1].contains(outcome.code), "\(arguments): \(outcome.code)")
                guard outcome.code != 0 else { continue }
                let last = outcome.errorLines.last ?? ""
                #expect(last.hasPrefix("error: "), "\(outcome.errors)")
                #expect(last.contains("memory") && last.contains("ulimit -v"), "\(outcome.errors)")
                #expect(!outcome.errors.contains("Backtrac"))
            }
        }
    }

    @Test func infoLooksForOpenBLAS() throws {
        #expect(try looksForOpenBLAS(["info"]))
    }

    @Test(arguments: StudyModel.allCases) func aPredictionDoesNot(_ model: StudyModel) throws {
        let weights = PretrainedTests.folder(model) + "/best.safetensors"
        #expect(try !looksForOpenBLAS(["predict", "--weights", weights, "-"], input: WithoutBLASTests.window))
    }

    @Test func aTrainingDoesNot() throws {
        #expect(try !looksForOpenBLAS(["--model", "cnn", "--data", "synthetic", "--epochs", "1", "--out", "run"]))
    }

    /// Runs the program where the first libopenblas.so.0 that is found is no library.
    private func runWithoutOpenBLAS(_ arguments: [String]) throws -> Command.Outcome {
        try withTemporaryFolder { folder in
            try Files.writeAtomically([], to: folder + "/libopenblas.so.0")
            var command = Command(in: folder)
            command.prelude = "export LD_LIBRARY_PATH=\"$PWD:$LD_LIBRARY_PATH\";"
            return try command.run(arguments)
        }
    }

    @Test func infoSaysWhatToInstall() throws {
        let text = try runWithoutOpenBLAS(["info"])
        #expect(text.code == 0 && text.errors.isEmpty)
        #expect(text.output.contains("BLAS      none: OpenBLAS cannot be loaded (apt install libopenblas0): "))
        let json = try runWithoutOpenBLAS(["info", "--json"])
        #expect(json.code == 0)
        #expect(try JSON.parse(json.output)["device"]?["blas"] == .null)
    }

    @Test func benchHasNoPeak() throws {
        let arguments = ["bench", "--model", "cnn", "--batch", "1", "--threads", "1", "--repetitions", "2", "--warmup", "1"]
        let table = try runWithoutOpenBLAS(arguments + ["--per-layer"])
        #expect(table.code == 0)
        #expect(table.errors.contains("note: no sgemm peak was measured: OpenBLAS cannot be loaded (apt install libopenblas0)"))
        #expect(table.output.contains(" kernels; no OpenBLAS; "))
        // A table of the whole model, and one of its layers, of which dropout has no operations.
        var shares: [String] = []
        var column = 0
        for line in table.output.split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
            column = cells.firstIndex(of: "ofpeak") ?? column
            if cells[2] == "predict" { shares.append(cells[column]) }
        }
        #expect(shares == ["n/a", "n/a", "n/a", "n/a", "n/a", "", "n/a"])
        let rows = try #require(try JSON.parse(try runWithoutOpenBLAS(arguments + ["-o", "json"]).output)["rows"]?.asArray)
        #expect(rows.count == 3)
        for row in rows {
            for name in ["sgemm_peak_gflops", "share_of_peak", "blas", "blas_core"] { #expect(row[name] == .null, "\(name)") }
        }
        #expect(rows[2]["gflops"]?.asDouble.map { $0 > 0 } == true)
    }
}
