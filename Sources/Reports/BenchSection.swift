import Benchmarking
import Charts
import Platform

/// What `hartrain bench` measured: times of predictions and steps, machines side by side.
struct BenchSection {
    let files: [BenchFile]

    /// More rows than these in one chart are read by nobody.
    private static let mostRows = 24

    /// The section.
    /// - Throws: A `ChartError` for values that no chart shows.
    func section() throws -> ReportSection {
        var section = ReportSection("Benchmarks")
        let emulated = rows.filter(\.row.isEmulated)
        if !emulated.isEmpty {
            section.blocks.append(.text("Of an emulated processor no time means anything: its rows are left out."))
        }
        for work in BenchKey.Work.allCases where work != .forward && work != .backward {
            let some = rows.filter { $0.row.key.work == work && !$0.row.isEmulated }
            guard !some.isEmpty else { continue }
            section.blocks.append(.title(BenchSection.title(work)))
            section.blocks.append(.chart(try times(work, Array(some.prefix(BenchSection.mostRows)))))
            if let shares = try shares(work, Array(some.prefix(BenchSection.mostRows))) { section.blocks.append(.chart(shares)) }
            section.blocks.append(.table(table(work, some)))
            if some.contains(where: { $0.row.computed != nil }) {
                section.blocks.append(.text(BenchSection.computedNote + "."))
            }
        }
        return section
    }

    private typealias Measured = (machine: Int, row: BenchFile.Row)

    /// The rows of whole models, row by row those of all machines.
    private var rows: [Measured] {
        var keys: [BenchKey] = []
        for key in files.flatMap({ $0.rows.map(\.key) }) where key.layer.isEmpty && !keys.contains(key) { keys.append(key) }
        return keys.flatMap { key in
            files.enumerated().compactMap { index, file in file.row(key).map { (machine: index, row: $0) } }
        }
    }

    /// The machines' processors; where two files are of one, the files.
    private var machines: [String] {
        let processors = files.map { $0.rows[0].cpu }
        return Set(processors).count == processors.count ? processors : zip(files, processors).map { "\($1) (\($0.path))" }
    }

    private static func title(_ work: BenchKey.Work) -> String {
        switch work {
        case .start: "A process from its start to its first answer"
        case .load: "Reading weights"
        case .predict: "Predictions"
        case .step: "Training steps"
        case .epoch: "Epochs"
        case .forward: "Layers, forward"
        case .backward: "Layers, backward"
        }
    }

    private static let computedNote = "\(BenchKey.Computation.sign): computed from the time of its steps, not timed"

    /// What stands before a row's time.
    private static func sign(_ row: BenchFile.Row) -> String { row.computed == nil ? "" : BenchKey.Computation.sign }

    private func label(_ key: BenchKey) -> String {
        "\(key.model), batch \(key.batch), \(NumberText.count(key.threads, "thread"))"
    }

    /// Rows one group for each model, batch and number of threads, a mark for each machine.
    private func grouped<Mark>(_ rows: [Measured], _ mark: (Measured) throws -> Mark) rethrows -> [(name: String, marks: [Mark])]
    {
        var groups: [(name: String, marks: [Mark])] = []
        for measured in rows {
            let name = label(measured.row.key)
            if groups.last?.name != name { groups.append((name, [])) }
            groups[groups.count - 1].marks.append(try mark(measured))
        }
        return groups
    }

    private func times(_ work: BenchKey.Work, _ rows: [Measured]) throws -> any Chart {
        let fastest = rows.min { $0.row.median < $1.row.median }
        let description = fastest.map {
            "the shortest median is that of \(label($0.row.key)): \(NumberText.significant($0.row.median * 1000)) ms"
        }
        let axis = Axis("time of a call (ms)", .logarithmic)
        let machines = machines
        guard rows.allSatisfy({ !$0.row.samples.isEmpty }) else {
            return try BarChart(
                ChartHeading(
                    title: "\(BenchSection.title(work)): medians",
                    subtitle: rows.contains { $0.row.computed != nil } ? BenchSection.computedNote : "",
                    description: description ?? ""), axis: axis,
                kinds: machines,
                grouped(rows) {
                    BarChart.Bar(
                        machines[$0.machine], $0.row.median * 1000, kind: $0.machine,
                        note: BenchSection.sign($0.row) + NumberText.significant($0.row.median * 1000))
                }.map {
                    .init($0.name, $0.marks)
                })
        }
        return try BoxPlot(
            ChartHeading(title: "\(BenchSection.title(work)): time of each call", description: description ?? ""), axis: axis,
            whiskers: .percentiles, kinds: machines,
            try grouped(rows) {
                try BoxPlot.Box(machines[$0.machine], samples: $0.row.samples.map { $0 * 1000 }, kind: $0.machine)
            }.map { .init($0.name, $0.marks) })
    }

    private func shares(_ work: BenchKey.Work, _ rows: [Measured]) throws -> BarChart? {
        let known = rows.filter { $0.row.shareOfPeak != nil }
        guard !known.isEmpty else { return nil }
        let machines = machines
        return try BarChart(
            ChartHeading(
                title: "\(BenchSection.title(work)): share of the machine's limit",
                subtitle: "of OpenBLAS's sgemm peak; products that an algorithm saves count as done",
                description: "the largest share is \(NumberText.percent(known.compactMap(\.row.shareOfPeak).max() ?? 0))"),
            axis: Axis("share of the sgemm peak", format: .percent, includesZero: true), kinds: machines,
            grouped(known) { BarChart.Bar(machines[$0.machine], $0.row.shareOfPeak ?? 0, kind: $0.machine) }.map {
                .init($0.name, $0.marks)
            })
    }

    private func table(_ work: BenchKey.Work, _ rows: [Measured]) -> ReportTable {
        let machines = machines
        return ReportTable(
            BenchSection.title(work),
            header: ["model", "batch", "threads", "machine", "p50 (ms)", "p99 (ms)", "share of the peak"],
            rows: rows.map { measured in
                let row = measured.row
                return [
                    row.key.model, "\(row.key.batch)", "\(row.key.threads)", machines[measured.machine],
                    BenchSection.sign(row) + NumberText.significant(row.median * 1000),
                    row.percentile99.map { NumberText.significant($0 * 1000) } ?? "-",
                    row.shareOfPeak.map { NumberText.percent($0) } ?? "-",
                ]
            })
    }
}
