import Testing

@testable import Charts

/// Charts of a million samples are as small as those of few, and lose no extreme.
@Suite struct ManySamplesTests {
    @Test func reductionKeepsExtremesAndOrder() {
        var numbers = SampleNumbers(21)
        var reduction = LineReduction()
        var points: [Point] = []
        for index in 0..<50_000 {
            let point = Point(x: Double(index) / 500, y: index == 31_234 ? -50 : index == 12_345 ? 90 : 10 * numbers.share())
            points.append(point)
            reduction.add(point)
        }
        reduction.interrupt()
        let kept = reduction.lines.flatMap(\.self)
        #expect(reduction.lines.count == 1 && kept.count <= 4 * 100)
        #expect(kept.first == points.first && kept.last == points.last)
        #expect(kept.contains(points[31_234]) && kept.contains(points[12_345]))
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x < $1.x })
        for column in 0..<100 {
            let (all, own) = (points.filter { Int($0.x) == column }, kept.filter { Int($0.x) == column })
            #expect(all.map(\.y).min() == own.map(\.y).min() && all.map(\.y).max() == own.map(\.y).max())
            #expect(all.first == own.first && all.last == own.last)
        }
    }

    @Test func interruptedLinesStayApart() {
        var reduction = LineReduction()
        for (x, y) in [(0.0, 1.0), (0.5, 2)] { reduction.add(Point(x: x, y: y)) }
        reduction.interrupt()
        reduction.interrupt()
        reduction.add(Point(x: 0.7, y: 3))
        reduction.interrupt()
        #expect(reduction.lines == [[Point(x: 0, y: 1), Point(x: 0.5, y: 2)], [Point(x: 0.7, y: 3)]])
    }

    @Test func aMillionSamplesAreASmallDrawing() throws {
        var numbers = SampleNumbers(22)
        let samples = (0..<1_000_000).map { _ in numbers.latency(10) }
        let heading = ChartHeading(title: "many", description: "many")
        let points = samples.enumerated().map { LineSeries.Point(x: Double($0), y: $0 == 654_321 ? 1e4 : $1) }
        let chart = try LineChart(heading, x: Axis("request"), y: Axis("ms"), [LineSeries("", points)])
        #expect(chart.fragment(id: "a").utf8.count < 40_000)
        #expect(chart.table.rows[0][4].hasPrefix("10,000 at 654,321"), "\(chart.table.rows)")
        let distribution = try CumulativeChart.Distribution("all", samples: samples)
        let cumulative = try CumulativeChart(heading, axis: Axis("ms", .logarithmic), [distribution])
        #expect(cumulative.fragment(id: "a").utf8.count < 40_000)
        #expect(cumulative.table.rows[0][1] == "1,000,000")
        let box = try BoxPlot(
            heading, axis: Axis("ms"), whiskers: .percentiles, [.init("", [try BoxPlot.Box("all", samples: samples)])])
        #expect(box.fragment(id: "a").utf8.count < 10_000 && box.table.rows[0].last == "1,000,000")
        let signals = try Signals(
            heading, time: "s", interval: 0.02, channels: [.init("x", samples.map { Float($0) })], classes: ["a", "b"],
            answers: (0..<100_000).map { .init(Double($0) / 5...Double($0 + 1) / 5, $0 / 7 % 2, confidence: 0.7) })
        #expect(signals.fragment(id: "a").utf8.count < 100_000)
    }
}
