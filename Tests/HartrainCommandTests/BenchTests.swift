import Glibc
import Platform
import StrictJSON
import Testing

/// The benchmark of the product itself: which rows it has, in which formats, and the comparison with an earlier file. No time is
/// asserted: those that are compared are written here.
@Suite struct BenchTests {
    private let quick = ["--repetitions", "2", "--warmup", "1"]

    /// A number of a row; NaN, which no comparison holds for, where there is none.
    private func number(_ row: JSON, _ name: String) -> Double { row[name]?.asDouble ?? .nan }

    private func keys(_ json: JSON) -> [String] {
        (json["rows"]?.asArray ?? []).map { row in
            ["model", "work", "layer", "batch", "threads"].map { row[$0]?.asString ?? row[$0]?.serialized() ?? "?" }
                .joined(separator: " ")
        }
    }

    @Test func listsMultiplyAndEveryRowSaysWhereItIsFrom() throws {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(
                ["bench", "--model", "cnn,lstm", "--batch", "1,3", "--threads", "1,2", "-o", "json"] + quick)
            #expect(outcome.code == 0)
            let json = try JSON.parse(outcome.output)
            let expected = ["cnn", "lstm"].flatMap { model in
                ["\(model) start  1 1", "\(model) load  1 1"]
                    + [1, 2].flatMap { threads in [1, 3].map { "\(model) predict  \($0) \(threads)" } }
            }
            #expect(keys(json) == expected)
            let machine = Machine.current()
            for row in json["rows"]?.asArray ?? [] {
                #expect(row["samples_seconds"]?.asArray?.count == 2)
                #expect(row["cpu"] == .string(machine.cpu) && row["core"] == .string(machine.core))
                for name in ["version", "compiler", "kernels", "blas", "blas_core", "system", "kernel"] {
                    #expect(row[name]?.asString?.isEmpty == false, "\(name)")
                }
                for name in ["governor", "mhz_before", "mhz_after", "celsius_before", "celsius_after", "throttled_after"] {
                    #expect(row[name] != nil, "\(name)")
                }
                let median = number(row, "p50_seconds")
                #expect(number(row, "min_seconds") <= median && median <= number(row, "p99_seconds"))
                if row["work"] == "start" { #expect(row["peak_memory_bytes"] == .null) }
                guard row["work"] == "predict" else { continue }
                #if MallocCount
                    #expect(row["allocations_per_call"] == 0.0)
                #else
                    #expect(row["allocations_per_call"] == .null)
                #endif
                let share = number(row, "gflops") / number(row, "sgemm_peak_gflops")
                #expect(share > 0 && abs(share - number(row, "share_of_peak")) < 1e-9)
            }
        }
    }

    @Test func trainingAndLayersHaveRowsOfTheirOwn() throws {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(
                [
                    "bench", "--model", "cnn", "--batch", "300", "--threads", "2", "--train", "--per-layer", "--save",
                    "rows.json",
                ] + quick)
            #expect(outcome.code == 0)
            let json = try JSON.parse(try Files.read(folder + "/rows.json"))
            let stages = (1...4).map { "conv\($0)+relu\($0)+pool\($0)" } + ["dropout", "dense"]
            let expected =
                ["start  1 1", "load  1 1"] + ["predict", "step", "epoch"].map { "\($0)  300 2" }
                + ["predict", "forward", "backward"].flatMap { work in stages.map { "\(work) \($0) 300 1" } }
            #expect(keys(json) == expected.map { "cnn " + $0 })
            // A step has three times the work of a prediction, but for the first layer's input.
            let rows = json["rows"]?.asArray ?? []
            func operations(_ index: Int) -> Double { number(rows[index], "gflops") * number(rows[index], "p50_seconds") }
            let ofStep = operations(3) / operations(2)
            #expect(abs(ofStep - 2.934) < 0.001)
            let ofEpoch = operations(4) / operations(3)
            #expect(abs(ofEpoch - 18.38) < 1e-6)
            #expect(outcome.output.contains("| conv4+relu4+pool4 |") && outcome.output.contains("\n- epoch: a shuffle"))
        }
    }

    /// No time is asserted: no machine makes even one call, still less an epoch, in a nanosecond.
    private let tiny = [
        "bench", "--model", "lstm", "--batch", "600", "--threads", "2", "--row-budget", "1e-9", "--seconds", "1e-9",
    ]

    @Test func anEpochThatDoesNotFitIsComputedFromItsSteps() throws {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(tiny + ["--train", "--save", "rows.json"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            let rows = try JSON.parse(try Files.read(folder + "/rows.json"))["rows"]?.asArray ?? []
            #expect(rows.map { $0["calls"] } == [1, 1, 1, 1, 0])
            #expect(rows.map { $0["computed"] } == [.null, .null, .null, .null, "from steps"])
            let (step, epoch) = try (#require(rows.dropLast().last), #require(rows.last))
            // Counting takes one more call.
            #expect(rows.allSatisfy { $0["allocations_per_call"] == .null })
            #expect(epoch["work"] == "epoch" && epoch["samples_seconds"] == [])
            for name in ["p90_seconds", "p99_seconds", "min_seconds", "mean_seconds", "sd_seconds"] {
                #expect(epoch[name] == .null, "\(name)")
            }
            // Nine steps of 600 windows, and one of 114.
            #expect(number(epoch, "p50_seconds") > 9 * number(step, "p50_seconds"))
            let line = outcome.output.split(separator: "\n").first { $0.contains(" epoch ") }
            #expect(line?.contains(" ~") == true, "\(outcome.output)")
            let notes = [
                "1 epoch longer than --row-budget 1 ns, computed as the time of a step times the steps: marked ~",
                "fewer than 5 calls fit --row-budget 1 ns: 1 call of lstm start, batch 1, 1 thread; 1 call of lstm load, "
                    + "batch 1, 1 thread; 1 call of lstm predict, batch 600, 2 threads; 1 call of lstm step, batch 600, 2 threads",
            ]
            for note in notes {
                #expect(
                    outcome.errorLines.contains { $0 == "note: " + note } && outcome.output.contains("- \(note)\n"), "\(note)")
            }
            // What was computed is read again, beside another computation and beside times.
            let again = try Command(in: folder).run(tiny + ["--train", "--baseline", "rows.json", "--fail-above", "1000000%"])
            #expect(again.code == 0 && !again.errors.contains("computed here or in"), "\(again.errors)")
            let report = try Command(in: folder).run("report", "rows.json", "--out", "page.html")
            #expect(report.code == 0, "\(report.errors)")
            let page = String(decoding: try Files.read(folder + "/page.html"), as: UTF8.self)
            #expect(page.contains("~: computed from the time of its steps, not timed."))
            func marked(_ row: JSON) -> String { ">~\(NumberText.significant(number(row, "p50_seconds") * 1000))<" }
            #expect(page.contains(marked(epoch)) && !page.contains(marked(step)))
        }
    }

    @Test func aComputedTimeIsNotHeldToATimedOne() throws {
        try withTemporaryFolder { folder in
            let row: JSON = [
                "model": "lstm", "work": "epoch", "layer": "", "batch": 600, "threads": 2, "p50_seconds": 1e-9,
                "cpu": .string(Machine.current().cpu), "emulated": false,
            ]
            try Files.writeAtomically(Array(JSON.object(["rows": [row]]).serialized().utf8), to: folder + "/old.json")
            let outcome = try Command(in: folder).run(
                tiny + ["--train", "--wide", "--baseline", "old.json", "--fail-above", "5%"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(
                outcome.errors.contains(
                    "note: 1 row computed here or in old.json and timed in the other, and not held to --fail-above, such as lstm "
                        + "epoch, batch 600, 2 threads\n"))
            #expect(outcome.output.contains(" ~+"))
        }
    }

    @Test func howLongAllRowsTakeIsSaidBeforeThemUnlessItIsToBeQuiet() throws {
        try withTemporaryFolder { folder in
            let arguments = ["bench", "--model", "cnn,lstm", "--batch", "2,3", "--threads", "1,2", "--train", "--per-layer"]
            let outcome = try Command(in: folder).run(arguments + ["-o", "csv"] + quick)
            let first = outcome.errorLines.first.map(String.init) ?? ""
            let rows = outcome.output.split(separator: "\n").count - 1
            #expect(first.hasPrefix("bench: about ") && first.hasSuffix(" for \(rows) rows"), "\(first)")
            let quiet = try Command(in: folder).run(["bench", "--model", "lstm", "--batch", "2", "--quiet"] + quick)
            #expect(quiet.code == 0 && !quiet.errors.contains("about"))
        }
    }

    @Test func formatsHoldTheSameRows() throws {
        try withTemporaryFolder { folder in
            func run(_ format: String) throws -> [Substring] {
                let arguments = ["bench", "--model", "lstm", "--batch", "2", "--threads", "1", "--quiet", "-o", format] + quick
                let outcome = try Command(in: folder).run(arguments)
                // Notes of the machine stay: of a governor, of throttling.
                #expect(outcome.code == 0 && !outcome.errors.contains("bench: "))
                return outcome.output.split(separator: "\n")
            }
            let csv = try run("csv").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            #expect(csv.count == 4 && csv.allSatisfy { $0.count == csv[0].count })
            #expect(csv.map { $0[1] } == ["work", "start", "load", "predict"])
            let lines = try run("jsonl")
            #expect(try lines.map { try JSON.parse(String($0))["work"] } == ["start", "load", "predict"])
            let table = try run("md").filter { $0.hasPrefix("| ") }
            #expect(table.count == 5 && Set(table.map(\.count)).count == 1)
            #expect(table[0].hasPrefix("| model | "))
        }
    }

    /// Batch normalisation of features, without steps, needs two windows in a batch.
    private func writeNormalizedModel(to folder: String) throws {
        let model: JSON = [
            "name": "normalized", "input": ["steps": 128, "channels": 9],
            "layers": [
                ["layer": "GlobalAveragePool1D"], ["layer": "BatchNorm1D"], ["layer": "Dense", "units": 6],
            ],
        ]
        try Files.writeAtomically(Array(model.serialized().utf8), to: folder + "/model.json")
    }

    @Test func whatCannotBeMeasuredIsLeftOutAndTheOtherRowsStay() throws {
        try withTemporaryFolder { folder in
            try writeNormalizedModel(to: folder)
            let arguments = ["bench", "--model", "model.json", "--batch", "1,64", "--threads", "1", "--train", "--per-layer"]
            let outcome = try Command(in: folder).run(arguments + ["--quiet", "--save", "rows.json"] + quick)
            #expect(outcome.code == 0, "\(outcome.errors)")
            let json = try JSON.parse(try Files.read(folder + "/rows.json"))
            let whole = ["start  1 1", "load  1 1", "predict  1 1", "predict  64 1", "step  64 1", "epoch  64 1"]
            #expect(keys(json).prefix(6) == whole.map { "normalized " + $0 }[...])
            #expect(keys(json).contains("normalized backward norm 64 1") && !keys(json).contains("normalized backward norm 1 1"))
            let reason = "a batch has 1 window, too few for batch normalisation: choose another batch size or drop the last batch"
            let works =
                ["step, batch 1, 1 thread", "epoch, batch 1, 1 thread"].map { "normalized " + $0 }
                + ["normalized, layer by layer, batch 1, training"]
            let notes = works.map { "\($0) is left out: \(reason)" }
            #expect(outcome.errorLines.map(String.init) == notes.map { "note: " + $0 })
            #expect(notes.allSatisfy { outcome.output.contains("- \($0)\n") })
            #expect(
                json["left_out"] == .array(works.map { ["work": .string($0), "reason": .string(reason)] }))
        }
    }

    @Test func withoutATemporaryFolderPredictionsAreMeasured() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment["TMPDIR"] = "/proc/none"
            // Without a temporary folder there is neither a start nor a loading; the predictions stay.
            let outcome = try command.run(["bench", "--model", "cnn", "--batch", "1", "--threads", "1", "-o", "jsonl"] + quick)
            #expect(outcome.code == 0)
            #expect(outcome.output.split(separator: "\n").count == 1)
            #expect(outcome.errors.contains("note: cnn start and load is left out: cannot create folder /proc/none"))
        }
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func aSignalPrintsTheRowsSoFar(signal: Int32, code: Int32) throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment["TMPDIR"] = folder + "/temporary"
            // Longer than any test waits: the second row is under way when the signal comes.
            let arguments = ["bench", "--model", "cnn", "--batch", "1", "--threads", "1", "--warmup", "1", "--save", "rows.json"]
            let process = try command.start(arguments + ["--seconds", "2", "-o", "jsonl"])
            #expect(try process.wait { process.errors.contains("cnn load") })
            // A terminal and a script around the program may both pass on the same wish.
            for _ in 0..<2 {
                process.send(signal)
                usleep(20_000)
            }
            let outcome = try process.end()
            #expect(outcome.code == code)
            #expect(outcome.errorLines.contains("interrupted after 1 row; the others were not measured"))
            #expect(try outcome.output.split(separator: "\n").map { try JSON.parse(String($0))["work"] } == ["start"])
            #expect(keys(try JSON.parse(try Files.read(folder + "/rows.json"))) == ["cnn start  1 1"])
            #expect(try Files.list(folder + "/temporary") == [])
        }
    }

    @Test func theTableFits120ColumnsUnlessItIsToBeWide() throws {
        try withTemporaryFolder { folder in
            try writeNormalizedModel(to: folder)
            let arguments = ["bench", "--model", "model.json", "--batch", "64", "--threads", "1", "--per-layer", "--quiet"]
            for isWide in [false, true] {
                let outcome = try Command(in: folder).run(arguments + (isWide ? ["--wide"] : []) + quick)
                let table = outcome.output.split(separator: "\n").filter { $0.hasPrefix("|") }
                #expect(!table.isEmpty && table.allSatisfy { $0.count <= 120 } == !isWide)
                #expect(table.first?.contains(" mean +- sd |") == isWide)
                #expect(outcome.output.contains("\nLeft out: mean +- sd, min, ") == !isWide)
            }
        }
    }

    /// A file of rows whose predictions took `median` seconds, on some CPU.
    private func writeBaseline(_ median: Double, cpu: String = Machine.current().cpu, emulated: Bool = false, in folder: String)
        throws
    {
        let row: JSON = [
            "model": "cnn", "work": "predict", "layer": "", "batch": 1, "threads": 1, "p50_seconds": .number(median),
            "cpu": .string(cpu), "emulated": .bool(emulated),
        ]
        try Files.writeAtomically(Array(JSON.object(["rows": [row]]).serialized().utf8), to: folder + "/old.json")
    }

    private func compare(_ options: [String], in folder: String) throws -> Command.Outcome {
        try Command(in: folder).run(
            ["bench", "--model", "cnn", "--batch", "1", "--threads", "1", "--baseline", "old.json"] + options + quick)
    }

    @Test func slowerRowsThanTheBaselinesFail() throws {
        try withTemporaryFolder { folder in
            // A microsecond in the baseline of a nanosecond, and of a thousand seconds.
            try writeBaseline(1e-9, in: folder)
            let slower = try compare(["--fail-above", "5%"], in: folder)
            #expect(slower.code == 1)
            #expect(
                slower.errorLines.last?.hasPrefix("error: 1 row slower than --fail-above 5.0 % allows: cnn predict, ") == true)
            // The result is there all the same.
            #expect(slower.output.contains(" to baseline |") && slower.output.contains(" new |"))
            #expect(try compare([], in: folder).code == 0)
            try writeBaseline(1000, cpu: "another", in: folder)
            let faster = try compare(["--fail-above", "5%", "-o", "jsonl"], in: folder)
            #expect(faster.code == 0 && faster.errors.contains("note: old.json was measured on another CPU: another"))
            let row = try JSON.parse(String(faster.output.split(separator: "\n").last ?? ""))
            let expected = number(row, "p50_seconds") / 1000
            #expect(abs(number(row, "ratio_to_baseline") - expected) < 1e-12)
        }
    }

    @Test func baselinesThatMeanNothingAreRefused() throws {
        try withTemporaryFolder { folder in
            #expect(try compare([], in: folder).errors.contains("old.json: cannot read it"))
            try writeBaseline(1, emulated: true, in: folder)
            #expect(try compare([], in: folder).errors.contains("times of an emulated processor mean nothing"))
            for (text, reason) in [
                ("[]", "must be an object"), ("{\"rows\":[]}", "it has no rows"),
                ("{\"rows\":[{\"work\":\"sleep\"}]}", "row 1: 'work' must be one of start, load, predict"),
                ("{\"rows\":[{\"work\":\"step\",\"layer\":\"\",\"batch\":1,\"threads\":1}]}", "row 1: 'model' is missing"),
            ] {
                try Files.writeAtomically(Array(text.utf8), to: folder + "/old.json")
                let outcome = try compare([], in: folder)
                #expect(outcome.code == 1 && outcome.output == "" && outcome.errorLines.count == 1)
                #expect(outcome.errors.contains("old.json: ") && outcome.errors.contains(reason), "\(outcome.errors)")
            }
        }
    }

    @Test(
        arguments: [
            (["--batch", "0"], "give whole numbers of at least 1"), (["--batch", "1,,2"], "give whole numbers of at least 1"),
            (["--threads", "x"], "give whole numbers of at least 1"), (["--threads", "1025"], "--threads must be 1 to 1024"),
            (["--fail-above", "5%"], "--fail-above needs --baseline"), (["--fail-above", "0.05"], "give a share in per cent"),
            (["--repetitions", "0"], "--repetitions must be 1 to 1000000"), (["--warmup", "-1"], "--warmup must be 0 to"),
            (["--repetitions", "3", "--seconds", "1s"], "exclude each other"),
            (["--repetitions", "3", "--row-budget", "1s"], "--repetitions and --row-budget exclude each other"),
            (["--seconds", "30s", "--row-budget", "20s"], "--row-budget must be at least --seconds, 30 s, not 20 s"),
            (["--row-budget", "0s"], "give a time above 0"),
            (["-o", "xml"], "Please provide one of 'md', 'json', 'jsonl' or 'csv'"),
        ] as [([String], String)]) func wrongUseIsOneLine(_ options: [String], _ text: String) throws
    {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(["bench"] + options)
            #expect(outcome.code == 2 && outcome.output == "" && outcome.errorLines.count == 1)
            #expect(outcome.errors.contains(text), "\(outcome.errors)")
        }
    }

    @Test func whatCannotEndWellDoesNotBegin() throws {
        try withTemporaryFolder { folder in
            let unsaved = try Command(in: folder).run("bench", "--save", "none/rows.json")
            #expect(unsaved.code == 1 && unsaved.output == "" && unsaved.errors.contains("there is no folder none"))
            #expect(unsaved.errorLines.count == 1)
            // More than any machine that builds this has.
            let large = try Command(in: folder).run("bench", "--batch", "1,100000000")
            #expect(large.code == 1 && large.output == "" && large.errorLines.count == 1)
            #expect(large.errors.contains("--batch 100000000 takes"))
        }
    }

    @Test func anUnknownModelIsNamed() throws {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run("bench", "--model", "cnn,gru")
            #expect(outcome.code == 1 && outcome.errors.contains("no model is called 'gru'"))
        }
    }
}
