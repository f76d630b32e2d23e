import Charts
import Platform

/// What wrk measured: requests a second and latency by connections.
struct WrkSection {
    let results: [WrkResult]

    /// The section.
    /// - Throws: A `ChartError` for values that no chart shows.
    func section() throws -> ReportSection {
        let shares = results.map { Set($0.latencies.map(\.share)) }.reduce(Set(results[0].latencies.map(\.share))) {
            $0.intersection($1)
        }
        .sorted()
        var section = ReportSection(
            "Load by wrk",
            [.text("All connections send their next request as soon as they have an answer: what the server can do at most.")])
        section.blocks.append(
            .table(
                ReportTable(
                    "Latency in milliseconds",
                    header: ["file", "connections", "requests a second"]
                        + shares.map { "p\(NumberText.significant($0 * 100))" } + ["requests", "failed"],
                    rows: results.map { result in
                        [
                            result.file.split(separator: "/").last.map(String.init) ?? result.file, "\(result.connections)",
                            NumberText.grouped(Int(result.requestsPerSecond.rounded())),
                        ]
                            + shares.map { NumberText.significant(result.latency($0) ?? 0) }
                            + [NumberText.grouped(result.requests), NumberText.grouped(result.failures)]
                    })))
        let ramp = results.sorted { $0.connections < $1.connections }
        guard Set(ramp.map(\.connections)).count == ramp.count, ramp.count > 1 else { return section }
        func words(_ value: (WrkResult) -> String) -> String {
            ramp.map { "\(value($0)) at \($0.connections)" }.joined(separator: ", ")
        }
        section.blocks.append(
            .chart(
                try LineChart(
                    ChartHeading(
                        title: "Requests a second by connections",
                        description: words { NumberText.grouped(Int($0.requestsPerSecond.rounded())) }),
                    x: Axis("connections", .logarithmic, isWhole: true), y: Axis("requests a second", includesZero: true),
                    [LineSeries("", ramp.map { .init(x: Double($0.connections), y: $0.requestsPerSecond) })])))
        section.blocks.append(
            .chart(
                try LineChart(
                    ChartHeading(
                        title: "Latency by connections",
                        description: words { NumberText.significant($0.latency(shares.last ?? 0.99) ?? 0) + " ms" }),
                    x: Axis("connections", .logarithmic, isWhole: true), y: Axis("latency (ms)", .logarithmic),
                    shares.map { share in
                        LineSeries(
                            "\(NumberText.significant(share * 100)) % within",
                            ramp.compactMap { result in
                                result.latency(share).map { LineSeries.Point(x: Double(result.connections), y: $0) }
                            })
                    })))
        return section
    }
}

extension WrkResult {
    /// The latency that a share of all requests does not exceed, in milliseconds.
    func latency(_ share: Double) -> Double? { latencies.first { $0.share == share }?.milliseconds }
}
