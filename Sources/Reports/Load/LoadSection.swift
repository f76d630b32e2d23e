import Charts
import Platform

/// A load test: response times by users, their distributions, success, and pods over time, as the study shows them (its figures 2 to 10).
struct LoadSection {
    let runs: LoadRuns

    /// More lines than these in one chart are told apart by nobody.
    private static let mostLines = 6

    /// A section for each kind of run, and one with the study's numbers beside these.
    /// - Throws: A `ChartError` for values that no chart shows.
    func sections() throws -> [ReportSection] {
        // As the study has them first, then what came before it in time, then what takes longer.
        let usual = ["warm", "cold", "long"]
        let kinds = Set(runs.cells.map(\.kind)).sorted {
            (usual.firstIndex(of: $0) ?? usual.count, $0) < (usual.firstIndex(of: $1) ?? usual.count, $1)
        }
        return try kinds.map { kind in try section(kind, runs.cells.filter { $0.kind == kind }) }
            + [ReportSection("Beside the study", [.table(StudyLoad(runs.cells).table)])]
    }

    private func section(_ kind: String, _ cells: [LoadRuns.Cell]) throws -> ReportSection {
        var section = ReportSection("Load test\(kind.isEmpty ? "" : ", \(kind) runs")")
        section.blocks.append(
            .text(
                "Each user waits for its answer before it asks again. Response times are those of requests that were answered rightly, measured by "
                    + "the client, repeats taken together; an interval is where the mean lies with a probability of 95 %, by Student's t over "
                    + "the means of the repeats."
            ))
        section.blocks.append(.table(figures(cells)))
        var labels: [String] = []
        for cell in cells where !labels.contains(cell.label) { labels.append(cell.label) }
        for first in stride(from: 0, to: labels.count, by: LoadSection.mostLines) {
            let some = labels[first..<min(first + LoadSection.mostLines, labels.count)]
            section.blocks += try charts(cells.filter { some.contains($0.label) }, Array(some))
        }
        let failures = failures(cells)
        if !failures.rows.isEmpty { section.blocks.append(.table(failures)) }
        return section
    }

    private func figures(_ cells: [LoadRuns.Cell]) -> ReportTable {
        ReportTable(
            "Response times in milliseconds",
            header: ["function", "users", "requests", "mean", "± 95 %", "p50", "p95", "p99", "success", "requests a second"],
            rows: cells.map { cell in
                let times = cell.spread.map { spread in
                    [spread.mean, cell.confidence, spread.quantiles[0.5], spread.quantiles[0.95], spread.quantiles[0.99]].map {
                        $0.map { NumberText.significant($0) } ?? "-"
                    }
                }
                let rate = cell.seconds > 0 ? NumberText.significant(Double(cell.requests) / cell.seconds) : "-"
                return [cell.label, "\(cell.users)", NumberText.grouped(cell.requests)]
                    + (times ?? Array(repeating: "-", count: 5))
                    + [NumberText.percent(cell.successRate), rate]
            })
    }

    private func charts(_ cells: [LoadRuns.Cell], _ labels: [String]) throws -> [ReportSection.Block] {
        var blocks: [ReportSection.Block] = []
        let answered = cells.filter { !$0.answered.isEmpty }
        if Set(answered.map(\.users)).count > 1 { blocks.append(.chart(try means(answered, labels))) }
        if cells.contains(where: { $0.failed > 0 }), Set(cells.map(\.users)).count > 1 {
            blocks.append(.chart(try success(cells, labels)))
        }
        for users in shownUsers(answered) {
            let some = answered.filter { $0.users == users }
            blocks.append(.chart(try distribution(some, labels, users: users)))
            blocks.append(.chart(try boxes(some, users: users)))
        }
        for cell in cells { blocks += try pods(cell).map { [.chart($0)] } ?? [] }
        return blocks
    }

    /// The numbers of users whose distributions are shown: as the study's, 5 and 20, or the least and the most.
    private func shownUsers(_ cells: [LoadRuns.Cell]) -> [Int] {
        let all = Set(cells.map(\.users)).sorted()
        let usual = all.filter { [5, 20].contains($0) }
        guard usual.isEmpty else { return usual }
        return all.count > 2 ? [all[0], all[all.count - 1]] : all
    }

    private func line(
        _ name: String, _ cells: [LoadRuns.Cell], index: Int, intervals: Bool = false, _ value: (LoadRuns.Cell) -> Double
    ) -> LineSeries {
        LineSeries(
            name, cells.map { LineSeries.Point(x: Double($0.users), y: value($0)) }, colour: index,
            stroke: cells.contains(where: \.isScaled) ? .solid : .dashed,
            intervals: intervals
                ? cells.compactMap { cell in
                    guard let mean = cell.spread?.mean, let half = cell.confidence else { return nil }
                    // An interval that reaches below zero, where no time is, ends at a tenth of the mean.
                    return LineSeries.Interval(x: Double(cell.users), low: max(mean - half, mean / 10), high: mean + half)
                } : [])
    }

    private func means(_ cells: [LoadRuns.Cell], _ labels: [String]) throws -> LineChart {
        func mean(_ cell: LoadRuns.Cell) -> Double { cell.spread?.mean ?? .nan }
        let values = cells.map(mean)
        let isWide = (values.max() ?? 1) > 8 * (values.min() ?? 1)
        let slowest = cells.max { mean($0) < mean($1) }
        return try LineChart(
            ChartHeading(
                title: "Mean response time by users", subtitle: LoadSection.strokes,
                description: slowest.map {
                    "the slowest is \($0.label) at \($0.users) users with \(NumberText.significant(mean($0))) ms"
                } ?? ""),
            x: Axis("users", isWhole: true),
            y: Axis("response time (ms)", isWide ? .logarithmic : .linear, includesZero: !isWide),
            labels.enumerated().map { index, label in
                line(label, cells.filter { $0.label == label }, index: index, intervals: true, mean)
            })
    }

    /// The time that a share of the right answers does not exceed, as text.
    private func time(_ cell: LoadRuns.Cell, _ share: Double) -> String {
        cell.spread.map { NumberText.significant($0.quantiles[share]) } ?? "-"
    }

    private static let strokes = "solid: the number of pods changed while it ran; dashed: it did not"

    private func success(_ cells: [LoadRuns.Cell], _ labels: [String]) throws -> LineChart {
        try LineChart(
            ChartHeading(
                title: "Success rate by users", subtitle: LoadSection.strokes,
                description: labels.map { label in
                    let some = cells.filter { $0.label == label }
                    return "\(label) at least \(NumberText.percent(some.map(\.successRate).min() ?? 0))"
                }.joined(separator: ", ")),
            x: Axis("users", isWhole: true), y: Axis("answered rightly", format: .percent),
            labels.enumerated().map { index, label in
                line(label, cells.filter { $0.label == label }, index: index, \.successRate)
            })
    }

    private func distribution(_ cells: [LoadRuns.Cell], _ labels: [String], users: Int) throws -> CumulativeChart {
        try CumulativeChart(
            ChartHeading(
                title: "Distribution of response times, \(NumberText.count(users, "user"))", subtitle: LoadSection.strokes,
                description: cells.map { "\($0.label): half of all within \(time($0, 0.5)) ms" }.joined(separator: ", ")),
            // A time of less than half a millisecond is written as 0, which has no logarithm.
            axis: Axis("response time (ms)", .logarithmic),
            cells.map { cell in
                try CumulativeChart.Distribution(
                    cell.label, samples: cell.answered.map { max($0, 0.5) }, colour: labels.firstIndex(of: cell.label) ?? 0,
                    stroke: cell.isScaled ? .solid : .dashed)
            })
    }

    private func boxes(_ cells: [LoadRuns.Cell], users: Int) throws -> BoxPlot {
        try BoxPlot(
            ChartHeading(
                title: "Spread of response times, \(NumberText.count(users, "user"))",
                description: cells.map { "\($0.label): from \(time($0, 0.05)) to \(time($0, 0.95)) ms" }.joined(separator: ", ")),
            axis: Axis("response time (ms)", .logarithmic), whiskers: .percentiles,
            [.init("", try cells.map { try BoxPlot.Box($0.label, samples: $0.answered.map { max($0, 0.5) }) })])
    }

    /// Pods over the time of each run whose number of pods changed.
    private func pods(_ cell: LoadRuns.Cell) throws -> LineChart? {
        guard cell.isScaled else { return nil }
        let most = cell.pods.map(\.most).max() ?? 0
        return try LineChart(
            ChartHeading(
                title: "Pods over time: \(cell.label), \(NumberText.count(cell.users, "user"))",
                description: "from \(cell.pods.first?.samples.first?.pods ?? 0) to at most \(NumberText.count(most, "pod"))"),
            x: Axis("time (s)"), y: Axis("pods", includesZero: true, isWhole: true),
            cell.pods.enumerated().map { index, pods in
                LineSeries(
                    cell.pods.count > 1 ? "run \(index + 1)" : "", pods.samples.map { .init(x: $0.seconds, y: Double($0.pods)) },
                    join: .steps)
            }, aspect: 0.35)
    }

    private func failures(_ cells: [LoadRuns.Cell]) -> ReportTable {
        ReportTable(
            "Failures", header: ["function", "users", "why", "requests"],
            rows: cells.flatMap { cell in
                cell.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map { reason, count in
                    [cell.label, "\(cell.users)", reason, NumberText.grouped(count)]
                }
            })
    }
}
