import CommandSupport
import ArgumentParser
import Benchmarking
import HAR
import Models
import Platform

/// Times predictions and training steps on this machine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time predictions, training steps, loading and start on this machine, beside its sgemm peak.",
        discussion: """
            Every model is measured with every batch and number of threads, one row
            each. Rows carry the program's version, the CPU and its state (governor,
            frequency, temperature, and a Raspberry Pi's throttling flags) and the
            BLAS, in the formats csv, json and jsonl in the row itself; json and
            jsonl also hold the raw samples. Windows and weights are random. What
            cannot be measured is left out, and said; Ctrl-C prints the rows so far.
            How long all rows take is said before them, on standard error. What takes
            long gets --row-budget: few calls, and an epoch that does not fit is the
            time of a step times its steps, marked ~ and "computed" in the formats.

            EXAMPLES
              hartrain bench
              hartrain bench --model cnn,lstm --batch 1,16,600 --threads 1,2,4 --train
              hartrain bench --model cnn --batch 600 --threads 1 --per-layer
              hartrain bench --model large.json --train --row-budget 2m
              hartrain bench --save before.json
              hartrain bench --baseline before.json --fail-above 5%
            """)

    /// How rows are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case md
        case json
        case jsonl
        case csv
    }

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "Models, with commas: \(StudyModel.allCases.map(\.rawValue).joined(separator: ", ")), or JSON files that describe "
                + "one.", valueName: "list"))
    var model = "cnn,lstm"
    @Option(
        name: [.long, .short], help: ArgumentHelp("Windows of a call. (default: 1,16,600)", valueName: "list"),
        transform: BenchCommand.numbers)
    var batch = [1, 16, 600]
    @Option(
        name: [.long, .short],
        help: ArgumentHelp("Threads. (default: 1 and the cores of the machine)", valueName: "list"),
        transform: BenchCommand.numbers)
    var threads: [Int] = []
    @Flag(help: "Also time a training step and an epoch.")
    var train = false
    @Flag(name: .customLong("per-layer"), help: "Also time each layer, on one thread.")
    var perLayer = false
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The format on standard output: md, json, jsonl or csv.", valueName: "format"))
    var format = Format.md
    @Option(help: ArgumentHelp("Also write all rows with their samples as JSON.", valueName: "file.json"))
    var save: String?
    @Option(help: ArgumentHelp("Compare with rows that --save has written.", valueName: "file.json"))
    var baseline: String?
    @Option(
        name: .customLong("fail-above"),
        help: ArgumentHelp("Fail where a row's median is more than this above the baseline's.", valueName: "5%"),
        transform: BenchCommand.percentage)
    var failAbove: Double?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a row is measured. (default: 1s, at least 5 calls)", valueName: "time"),
        transform: TimeLimit.init)
    var seconds: TimeLimit?
    @Option(
        name: .customLong("row-budget"), parsing: .unconditional,
        help: ArgumentHelp(
            "How long the calls of a row may take together: of longer ones fewer are timed, at least one, and an epoch's time is "
                + "computed from its steps. (default: 20s, or twice --seconds)", valueName: "time"),
        transform: TimeLimit.init)
    var rowBudget: TimeLimit?
    @Option(parsing: .unconditional, help: "Calls of a row, instead of a time and a budget.")
    var repetitions: Int?
    @Option(
        parsing: .unconditional, help: "Calls before the clock counts. (default: for a fifth of the row's time, at least 3)")
    var warmup: Int?
    @Flag(help: "All columns of the table, however wide it becomes. (default: as many as fit 120 characters)")
    var wide = false
    @Flag(name: [.long, .short], help: "No progress: nothing but the result, notes and errors.")
    var quiet = false

    func validate() throws {
        guard failAbove == nil || baseline != nil else { throw ValidationError("--fail-above needs --baseline") }
        guard repetitions == nil || seconds == nil else {
            throw ValidationError("--repetitions and --seconds exclude each other")
        }
        guard repetitions == nil || rowBudget == nil else {
            throw ValidationError("--repetitions and --row-budget exclude each other")
        }
        if let seconds, let rowBudget, rowBudget.seconds < seconds.seconds {
            throw ValidationError(
                "--row-budget must be at least --seconds, \(NumberText.seconds(seconds.seconds)), not "
                    + NumberText.seconds(rowBudget.seconds))
        }
        if let repetitions, !(1...1_000_000).contains(repetitions) {
            throw ValidationError("--repetitions must be 1 to 1000000, not \(repetitions)")
        }
        if let warmup, !(0...1_000_000).contains(warmup) {
            throw ValidationError("--warmup must be 0 to 1000000, not \(warmup)")
        }
        if let wrong = threads.first(where: { $0 > 1024 }) { throw ValidationError("--threads must be 1 to 1024, not \(wrong)") }
        if let wrong = batch.first(where: { $0 > 1_000_000_000 }) {
            throw ValidationError("--batch must be 1 to 1000000000, not \(wrong)")
        }
    }

    func run() throws {
        // Before the time is spent.
        if let save, let folder = Files.parent(save), !Files.isFolder(folder) {
            throw CommandError("--save \(save): there is no folder \(folder); make it first")
        }
        let old = try baseline.map { try BenchFile(reading: $0) }
        let plan = try plan()
        Interruption.install()
        let result = BenchRun(plan, report: quiet ? nil : { Terminal.write("bench: \($0)\n", to: .standardError) }).go()
        for leftOut in result.leftOut { Terminal.write("note: \(leftOut.text)\n", to: .standardError) }
        let comparison: BenchComparison?
        if let signal = result.signal {
            Terminal.write(
                "interrupted after \(NumberText.count(result.rows.count, "row")); the others were not measured\n",
                to: .standardError)
            guard !result.rows.isEmpty else { throw Interrupted(signal: signal) }
            // Rows that the baseline has may be among those that were not measured.
            comparison = old.flatMap { try? BenchComparison(result.rows, $0) }
        } else {
            guard !result.rows.isEmpty else { throw CommandError("nothing could be measured") }
            comparison = try old.map { try BenchComparison(result.rows, $0) }
        }
        try write(BenchReport(result, comparison: comparison, isWide: wide))
        if let signal = result.signal { throw Interrupted(signal: signal) }
        guard let failAbove, let slower = comparison?.regressions(above: failAbove), !slower.isEmpty else { return }
        throw CommandError(
            "\(NumberText.count(slower.count, "row")) slower than --fail-above \(NumberText.percent(failAbove)) allows: "
                + slower.joined(separator: "; "))
    }

    /// Saves and prints the rows.
    private func write(_ report: BenchReport) throws {
        if let save {
            try Files.writeAtomically(Array((report.json.serialized(pretty: true) + "\n").utf8), to: save)
        }
        for note in report.warnings + (report.comparison?.notes ?? []) {
            Terminal.write("note: \(note)\n", to: .standardError)
        }
        let text =
            switch format {
            case .md: report.markdown
            case .json: report.json.serialized(pretty: true) + "\n"
            case .jsonl: report.jsonLines
            case .csv: report.csv
            }
        try printResult(text)
    }

    private func plan() throws -> BenchPlan {
        let models = try model.split(separator: ",", omittingEmptySubsequences: false).map { name in
            let name = String(name)
            let (description, recipe) = try TrainingSetup.model(named: name)
            try TrainingSetup.checkFit(description, file: name)
            return BenchPlan.Model(description: description) { batch in
                if let study = StudyModel(rawValue: name) { return study.recipe(batch: batch) }
                var own = recipe
                own.batch = batch
                return own
            }
        }
        let machine = Machine.current()
        // Windows and a copy of them; the model's own memory is checked where it is planned.
        let windows = batch.max() ?? 1
        let bytes = 2 * windows * UCIHAR.format.shape.count * MemoryLayout<Float>.stride
        guard bytes < machine.memoryBytes / 2 else {
            throw CommandError(
                "--batch \(windows) takes \(NumberText.bytes(bytes)) for its windows, the machine has "
                    + "\(NumberText.bytes(machine.memoryBytes)): use smaller batches")
        }
        var sampling = Samples.Plan()
        sampling.repetitions = repetitions
        sampling.warmup = warmup
        if let seconds { sampling.seconds = seconds.seconds }
        if repetitions == nil { sampling.budget = rowBudget?.seconds ?? max(BenchCommand.rowBudget, 2 * sampling.seconds) }
        return BenchPlan(
            models: models, batches: BenchCommand.distinct(batch),
            threads: threads.isEmpty ? BenchCommand.distinct([1, machine.cores]) : BenchCommand.distinct(threads),
            isTraining: train,
            isPerLayer: perLayer, sampling: sampling)
    }

    /// The seconds of a row's calls where no option says otherwise.
    private static let rowBudget = 20.0

    private static func distinct(_ numbers: [Int]) -> [Int] {
        numbers.enumerated().filter { numbers.firstIndex(of: $1) == $0 }.map(\.element)
    }

    /// Whole numbers above 0 with commas between them.
    private static func numbers(_ text: String) throws -> [Int] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.allSatisfy({ ($0 ?? 0) >= 1 }) else {
            throw ValidationError("give whole numbers of at least 1 with commas between them, such as 1,16,600")
        }
        return numbers.compactMap(\.self)
    }

    /// A share as "5%".
    private static func percentage(_ text: String) throws -> Double {
        guard text.hasSuffix("%"), let value = Double(text.dropLast()), value >= 0, value.isFinite else {
            throw ValidationError("give a share in per cent, such as 5%")
        }
        return value / 100
    }
}
