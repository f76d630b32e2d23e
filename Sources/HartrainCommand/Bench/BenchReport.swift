import LinearAlgebra
import Models
import Platform
import StrictJSON

/// Measured rows as people and programs read them.
struct BenchReport {
    let rows: [BenchRow]
    let comparison: BenchComparison?

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
        text += "\n" + BenchReport.peakNote + "\n\nThe clock sees, of\n\n"
        let kinds = Set(whole.map(\.key.work.rawValue) + (layers.isEmpty ? [] : ["layers"]))
        for member in BenchReport.clock.members where kinds.contains(member.key) {
            text += "- \(member.key): \(member.value)\n"
        }
        return text
    }

    private static let unknown = "n/a"

    private func table(_ rows: [BenchRow], isLayers: Bool) -> String {
        let hasThrottling = rows.contains { $0.conditions.before.throttling != nil }
        var header = ["model", "work"] + (isLayers ? ["layer"] : []) + ["batch", "threads"]
        header += ["p50", "p90", "p99", "min", "mean ± sd", "windows/s", "GFLOP/s", "of peak"]
        header += isLayers ? ["of all"] : ["memory", "allocations"]
        header += ["MHz", "°C"] + (hasThrottling ? ["throttled"] : []) + (comparison == nil ? [] : ["to baseline"])
        var table = TextTable(header)
        for row in rows {
            let (key, samples, before, after) = (row.key, row.samples, row.conditions.before, row.conditions.after)
            var cells = [key.model, key.work.rawValue] + (isLayers ? [key.layer] : []) + ["\(key.batch)", "\(key.threads)"]
            cells += [row.median, samples.percentile(0.9), samples.percentile(0.99), samples.minimum].map(NumberText.duration)
            cells.append("\(NumberText.duration(samples.mean)) ± \(NumberText.duration(samples.standardDeviation))")
            cells.append(row.windowsPerSecond.map { NumberText.grouped(Int($0.rounded())) } ?? "")
            cells.append(row.rate.flatMap { $0 > 0 ? NumberText.fixed($0 / 1e9, 1) : nil } ?? "")
            let share = row.shareOfPeak.map(NumberText.percent) ?? BenchReport.unknown
            cells.append(row.rate.flatMap { $0 > 0 ? share : nil } ?? "")
            if isLayers {
                // The calls of one model, batch and direction: a training step's forward and backward calls are one.
                let same = rows.filter {
                    $0.key.model == key.model && $0.key.batch == key.batch
                        && ($0.key.work == .predict) == (key.work == .predict)
                }
                cells.append(NumberText.percent(row.median / same.reduce(0) { $0 + $1.median }))
            } else {
                cells.append(row.memory.peakBytes.map(NumberText.bytes) ?? BenchReport.unknown)
                cells.append(row.memory.allocations.map(NumberText.significant) ?? "")
            }
            func change<Value: Equatable>(_ first: Value?, _ second: Value?, _ text: (Value) -> String) -> String {
                let (first, second) = (first.map(text), second.map(text))
                guard let first, let second else { return BenchReport.unknown }
                return first == second ? first : "\(first) to \(second)"
            }
            cells.append(change(before.frequency, after.frequency) { NumberText.fixed($0, 0) })
            cells.append(change(before.temperature, after.temperature) { NumberText.fixed($0, 1) })
            if hasThrottling { cells.append(change(before.throttling, after.throttling) { $0 }) }
            if let comparison {
                cells.append(comparison.ratio(row).map { ($0 >= 1 ? "+" : "") + NumberText.percent($0 - 1) } ?? "new")
            }
            table.add(cells)
        }
        return table.markdown
    }

    /// All rows with their raw samples, and what the clock sees.
    var json: JSON {
        var object: JSONObject = ["program": .string("\(Program.name) \(Program.version)")]
        var clock = JSONObject()
        for member in BenchReport.clock.members { clock.set(member.key, .string(member.value)) }
        object.set("clock", .object(clock))
        if let comparison { object.set("baseline", .string(comparison.baseline.path)) }
        object.set("rows", .array(rows.map(json)))
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

    /// What makes times doubtful or leaves out the peak: no OpenBLAS, an emulator, throttling, a governor that changes the frequency, more threads than cores.
    var warnings: [String] {
        guard let last = rows.last?.conditions else { return [] }
        let machine = last.machine
        var warnings: [String] = []
        do throws(BLASError) {
            try BLAS.load()
        } catch {
            warnings.append("no sgemm peak was measured: \(error)")
        }
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
