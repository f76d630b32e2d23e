import Benchmarking
import LinearAlgebra
import Models
import Platform
import StrictJSON

/// Measured rows as people and programs read them.
struct BenchReport {
    let rows: [BenchRow]
    let leftOut: [BenchResult.LeftOut]
    /// Why a row has no sgemm peak; nil where all have one.
    let missingPeak: BLASError?
    let comparison: BenchComparison?
    /// By which calls were timed.
    let sampling: Samples.Plan
    /// Whether the table has all its columns, however long its lines become.
    let isWide: Bool

    init(_ result: BenchResult, comparison: BenchComparison?, isWide: Bool) {
        rows = result.rows
        leftOut = result.leftOut
        missingPeak = result.missingPeak
        sampling = result.sampling
        self.comparison = comparison
        self.isWide = isWide
    }

    /// What the clock sees of each kind of work.
    static let clock: OrderedMap<String> = [
        "start": "a process from its start to its end: options, libraries, weights, one window from a file, its answer",
        "load": "weights read from a file, checked and packed, memory planned, a first prediction",
        "predict": "raw windows in memory to probabilities: copying, standardisation, all layers, softmax; outside: loading, "
            + "reading windows from files, starting threads",
        "step": "forward, loss, backward, sums over threads and the optimizer over a batch in memory; outside: reading data, "
            + "evaluation, files",
        "epoch": "a shuffle and the steps of \(BenchPlan.epochWindows) windows; outside: as of a step",
        "layers": "each layer alone, on one thread; predict: as in a prediction; forward, backward: as in a training step",
    ]

    private static let plusMinus = Style.symbol("±", "+-")
    private static let peakNote =
        "Times are of one call; windows/s, GFLOP/s and the share of the sgemm peak are at the median (p50). The peak is OpenBLAS's "
        + "on as many threads, each with a product of its own, measured before and after each row. Operations are those of the "
        + "plain sums, of which Winograd's convolutions save a quarter. Memory is the largest of the process in the row; "
        + "allocations are on the heap, a call, all threads, counted by a build with the trait MallocCount. Weights and windows are "
        + "random."

    /// In markdown: the machine, the rows, the layers, and what the clock sees.
    var markdown: String {
        var text = ""
        if let conditions = rows.first?.conditions {
            let machine = conditions.machine
            text =
                "\(Program.name) \(Program.version) (\(Program.compiler)), \(machine.architecture), \(machine.system), "
                + "\(machine.kernel)\n"
                + "\(machine.cpu) (\(machine.core)), \(NumberText.count(machine.cores, "core")), "
                + "\(NumberText.bytes(machine.memoryBytes)); \(conditions.kernels) kernels; \(conditions.blas ?? "no OpenBLAS"); "
                + "governor \(conditions.after.governor ?? BenchReport.unknown)\n"
            if machine.isEmulated { text += "EMULATED: these times say nothing of any machine\n" }
            text += "\n"
        }
        let whole = rows.filter { $0.key.layer.isEmpty }
        text += table(whole, isLayers: false)
        let layers = rows.filter { !$0.key.layer.isEmpty }
        if !layers.isEmpty { text += "\n" + table(layers, isLayers: true) }
        let remarks = budgetNotes + leftOut.map(\.text)
        if !remarks.isEmpty { text += "\n" + remarks.map { "- \($0)\n" }.joined() }
        text += "\n" + BenchReport.peakNote + "\n\nThe clock sees, of\n\n"
        let kinds = Set(whole.map(\.key.work.rawValue) + (layers.isEmpty ? [] : ["layers"]))
        for member in BenchReport.clock.members where kinds.contains(member.key) {
            text += "- \(member.key): \(member.value)\n"
        }
        return text
    }

    /// What the budget of a row has left out: calls, and whole epochs that were computed instead.
    private var budgetNotes: [String] {
        guard let budget = sampling.budget else { return [] }
        let option = "--row-budget \(NumberText.duration(budget))"
        var notes: [String] = []
        let computed = rows.count { $0.computed != nil }
        if computed > 0 {
            notes.append(
                "\(NumberText.count(computed, "epoch")) longer than \(option), computed as the time of a step times the steps: "
                    + "marked \(BenchKey.Computation.sign)")
        }
        var short: [String] = []
        for row in rows {
            guard let samples = row.samples, sampling.hasCutShort(samples) else { continue }
            let calls = "\(NumberText.count(samples.seconds.count, "call")) of \(BenchReport.withoutLayer(row.key).text)"
            // The layers of a model are timed in the same calls.
            if short.last != calls { short.append(calls) }
        }
        if !short.isEmpty {
            notes.append("fewer than \(Samples.Plan.leastCalls) calls fit \(option): \(short.joined(separator: "; "))")
        }
        return notes
    }

    /// A row's key, or that of all layers together: "cnn forward of each layer, batch 600, 1 thread".
    private static func withoutLayer(_ key: BenchKey) -> BenchKey {
        guard !key.layer.isEmpty else { return key }
        return BenchKey(model: key.model, work: key.work, layer: "each layer", batch: key.batch, threads: key.threads)
    }

    private static let unknown = "n/a"

    /// The most characters of a line of the table without `isWide`.
    static let width = 120

    /// A column of the table.
    private struct Column {
        let title: String
        /// Its place among those that a narrow table leaves out, the highest first; 0: it always stays.
        var spare = 0
        let cell: (BenchRow) -> String
    }

    /// The table, without as many spare columns as make its lines too long, which are named below it.
    private func table(_ rows: [BenchRow], isLayers: Bool) -> String {
        var shown = columns(rows, isLayers: isLayers)
        var dropped: [String] = []
        func render() -> String {
            var table = TextTable(shown.map(\.title))
            for row in rows { table.add(shown.map { $0.cell(row) }) }
            return table.markdown
        }
        var text = render()
        while !isWide, text.prefix(while: { $0 != "\n" }).count > BenchReport.width,
            let place = shown.indices.filter({ shown[$0].spare > 0 }).max(by: { shown[$0].spare < shown[$1].spare })
        {
            dropped.append(shown.remove(at: place).title)
            text = render()
        }
        return dropped.isEmpty ? text : text + "\nLeft out: \(dropped.joined(separator: ", ")); --wide shows all.\n"
    }

    private func columns(_ rows: [BenchRow], isLayers: Bool) -> [Column] {
        func change<Value: Equatable>(_ first: Value?, _ second: Value?, _ text: (Value) -> String) -> String {
            let (first, second) = (first.map(text), second.map(text))
            guard let first, let second else { return BenchReport.unknown }
            return first == second ? first : "\(first) to \(second)"
        }
        func time(_ title: String, spare: Int, _ value: @escaping (Samples) -> Double) -> Column {
            Column(title: title, spare: spare) { $0.samples.map { NumberText.duration(value($0)) } ?? "" }
        }
        var columns: [Column] = [
            Column(title: "model") { $0.key.model }, Column(title: "work") { $0.key.work.rawValue },
        ]
        if isLayers { columns.append(Column(title: "layer") { $0.key.layer }) }
        columns += [
            Column(title: "batch") { "\($0.key.batch)" }, Column(title: "threads") { "\($0.key.threads)" },
            Column(title: "p50") { ($0.computed == nil ? "" : BenchKey.Computation.sign) + NumberText.duration($0.median) },
            time("p90", spare: 2) { $0.percentile(0.9) }, time("p99", spare: 4) { $0.percentile(0.99) },
            time("min", spare: 8) { $0.minimum },
            Column(title: "mean \(BenchReport.plusMinus) sd", spare: 9) { row in
                row.samples.map {
                    "\(NumberText.duration($0.mean)) \(BenchReport.plusMinus) \(NumberText.duration($0.standardDeviation))"
                } ?? ""
            },
            Column(title: "windows/s") { $0.windowsPerSecond.map { NumberText.grouped(Int($0.rounded())) } ?? "" },
            Column(title: "GFLOP/s") { $0.rate.flatMap { $0 > 0 ? NumberText.fixed($0 / 1e9, 1) : nil } ?? "" },
            Column(title: "of peak") { row in
                let share = row.shareOfPeak.map(NumberText.percent) ?? BenchReport.unknown
                return row.rate.flatMap { $0 > 0 ? share : nil } ?? ""
            },
        ]
        if isLayers {
            columns.append(
                Column(title: "of all") { row in
                    // The calls of one model, batch and direction: a training step's forward and backward calls are one.
                    let same = rows.filter {
                        $0.key.model == row.key.model && $0.key.batch == row.key.batch
                            && ($0.key.work == .predict) == (row.key.work == .predict)
                    }
                    return NumberText.percent(row.median / same.reduce(0) { $0 + $1.median })
                })
        } else {
            columns += [
                Column(title: "memory", spare: 3) { $0.memory.peakBytes.map(NumberText.bytes) ?? BenchReport.unknown },
                Column(title: "allocations", spare: 5) { $0.memory.allocations.map(NumberText.significant) ?? "" },
            ]
        }
        columns += [
            Column(title: "MHz", spare: 6) { row in
                change(row.conditions.before.frequency, row.conditions.after.frequency) { NumberText.fixed($0, 0) }
            },
            Column(title: Style.symbol("°C", "deg C"), spare: 7) { row in
                change(row.conditions.before.temperature, row.conditions.after.temperature) { NumberText.fixed($0, 1) }
            },
        ]
        if rows.contains(where: { $0.conditions.before.throttling != nil }) {
            columns.append(
                Column(title: "throttled", spare: 1) { row in
                    change(row.conditions.before.throttling, row.conditions.after.throttling) { $0 }
                })
        }
        if let comparison {
            columns.append(
                Column(title: "to baseline") { row in
                    comparison.ratio(row).map { ratio in
                        (comparison.isMixed(row) ? BenchKey.Computation.sign : "") + (ratio >= 1 ? "+" : "")
                            + NumberText.percent(ratio - 1)
                    } ?? "new"
                })
        }
        return columns
    }

    /// All rows with their raw samples, and what the clock sees.
    var json: JSON {
        var object: JSONObject = ["program": .string("\(Program.name) \(Program.version)")]
        var clock = JSONObject()
        for member in BenchReport.clock.members { clock.set(member.key, .string(member.value)) }
        object.set("clock", .object(clock))
        if let comparison { object.set("baseline", .string(comparison.baseline.path)) }
        object.set("rows", .array(rows.map(json)))
        if !leftOut.isEmpty {
            object.set("left_out", .array(leftOut.map { ["work": .string($0.what), "reason": .string($0.reason)] }))
        }
        return .object(object)
    }

    private func json(_ row: BenchRow) -> JSON {
        guard let comparison else { return row.json }
        var object = row.json.asObject ?? [:]
        object.set("ratio_to_baseline", comparison.ratio(row).map(JSON.number) ?? .null)
        return .object(object)
    }

    /// A row's object on each line.
    var jsonLines: String { rows.map { json($0).serialized() + "\n" }.joined() }

    /// A header and a line for each row, without samples.
    var csv: String {
        func cell(_ value: JSON) -> String {
            guard let text = value.asString else { return value == .null ? "" : value.serialized() }
            return CSVText.cell(text)
        }
        let lines = rows.map { row in
            var fields = row.fields
            if let comparison { fields.set("ratio_to_baseline", comparison.ratio(row).map(JSON.number) ?? .null) }
            return fields
        }
        let header = lines.first.map { $0.keys.joined(separator: ",") + "\n" } ?? ""
        return header + lines.map { $0.members.map { cell($0.value) }.joined(separator: ",") + "\n" }.joined()
    }

    /// What makes times doubtful or leaves something out: a row's budget, no OpenBLAS or no memory for it, an emulator, throttling, a governor that changes the frequency, more threads than cores.
    var warnings: [String] {
        guard let last = rows.last?.conditions else { return [] }
        let machine = last.machine
        var warnings = budgetNotes
        if let missingPeak { warnings.append("no sgemm peak was measured: \(missingPeak)") }
        if machine.isEmulated { warnings.append("this processor is emulated: the times say nothing of any machine") }
        if let note = last.after.throttlingNote {
            warnings.append("the board reports \(note): use the official power supply, and cool it")
        }
        if let governor = last.after.governor, governor != "performance" {
            warnings.append("the frequency governor is \(governor); 'performance' gives steadier times")
        }
        if let most = rows.map(\.key.threads).max(), most > machine.cores {
            warnings.append(
                "\(most) threads on \(NumberText.count(machine.cores, "core")): they take turns, and so do those of the peak")
        }
        return warnings
    }
}
