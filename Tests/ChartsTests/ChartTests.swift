import Testing

@testable import Charts

/// What charts refuse, what they leave out, and what their tables say.
@Suite struct ChartTests {
    private let heading = ChartHeading(title: "t", description: "d")

    @Test func valuesWithoutAPlaceAreRefused() throws {
        func refuses(_ description: String, _ make: () throws(ChartError) -> Void) {
            #expect(throws: ChartError(description)) { try make() }
        }
        refuses("line 'a': the x of its points must be finite and ascend, found 1.0 at 1") { () throws(ChartError) in
            _ = try LineChart(heading, x: Axis(""), y: Axis(""), [LineSeries("a", [.init(x: 2, y: 0), .init(x: 1, y: 0)])])
        }
        refuses("line 'a': the x of its points must be finite and ascend, found nan at 0") { () throws(ChartError) in
            _ = try LineChart(heading, x: Axis(""), y: Axis(""), [LineSeries("a", [.init(x: .nan, y: 0)])])
        }
        refuses("bar 'b': its values must be finite, found inf") { () throws(ChartError) in
            _ = try BarChart(heading, axis: Axis(""), [.init("", [.init("b", .infinity)])])
        }
        refuses("bar 'b': its values must be finite and above 0, found 0.0") { () throws(ChartError) in
            _ = try BarChart(heading, axis: Axis("", .logarithmic), [.init("", [.init("b", 1, interval: 0...2)])])
        }
        refuses("box 'c': at least one value is needed, found none") { () throws(ChartError) in
            _ = try BoxPlot.Box("c", samples: [])
        }
        refuses("box 'c': its values must be finite, found nan") { () throws(ChartError) in
            _ = try BoxPlot.Box("c", samples: [1, .nan])
        }
        refuses("box 'c': its values must be finite and above 0, found 0.0") { () throws(ChartError) in
            let box = try BoxPlot.Box("c", samples: [0, 1])
            _ = try BoxPlot(heading, axis: Axis("", .logarithmic), whiskers: .extremes, [.init("", [box])])
        }
        refuses("row 1 needs a count for each of 2 columns, found 1") { () throws(ChartError) in
            _ = try HeatMap.confusion(heading, classes: ["a", "b"], counts: [[1, 2], [3]])
        }
        refuses("a matrix with 2 names of rows needs as many rows, found 1") { () throws(ChartError) in
            _ = try HeatMap.confusion(heading, classes: ["a", "b"], counts: [[1, 2]])
        }
        refuses("row 0: counts must be 0 or more, found -1") { () throws(ChartError) in
            _ = try HeatMap.confusion(heading, classes: ["a"], counts: [[-1]])
        }
        refuses("distribution 'd': its values must be finite and above 0, found -1.0") { () throws(ChartError) in
            _ = try CumulativeChart(heading, axis: Axis("", .logarithmic), [.init("d", samples: [3, -1])])
        }
        refuses("a bin of 3: confidence and accuracy must be from 0 to 1, found 1.5") { () throws(ChartError) in
            _ = try ReliabilityDiagram(heading, [.init(confidence: 1.5, accuracy: 0, count: 3)])
        }
        refuses("start and interval must be finite, the interval above 0, found 0.0 and 0.0") { () throws(ChartError) in
            _ = try Signals(heading, time: "", interval: 0, channels: [])
        }
        refuses("answer 0: its class must be one of 1, found 1") { () throws(ChartError) in
            _ = try Signals(
                heading, time: "", interval: 1, channels: [], classes: ["a"], answers: [.init(0...1, 1, confidence: 0)])
        }
        refuses("answer 0: its confidence must be from 0 to 1, found nan") { () throws(ChartError) in
            _ = try Signals(
                heading, time: "", interval: 1, channels: [], classes: ["a"], answers: [.init(0...1, 0, confidence: .nan)])
        }
        refuses("answer 0: its time must be finite, found 0.0...inf") { () throws(ChartError) in
            _ = try Signals(
                heading, time: "", interval: 1, channels: [], classes: ["a"],
                answers: [.init(0...Double.infinity, 0, confidence: 0)])
        }
    }

    private func texts(_ chart: some Chart) -> [String] { chart.drawn(id: "a", width: 720).texts.map(\.text) }

    @Test func whatIsLeftOutIsSaid() throws {
        #expect(texts(try SampleCharts.loss()).contains("Left out, since not finite and above 0: 1 value of loss"))
        let signals = try Signals(heading, time: "s", interval: 1, channels: [.init("x", [1, .nan, 2, .infinity])])
        #expect(texts(signals).contains("Left out, since not finite: 2 values"))
        #expect(texts(try SampleCharts.empty()).contains("no values"))
        #expect(texts(try BarChart(heading, axis: Axis(""), [])).contains("There are no values."))
    }

    @Test func narrowColumnsHaveUprightNames() throws {
        let narrow = try SampleCharts.manyClasses().drawn(id: "a", width: ChartWidth.narrow).texts.filter(\.isUpright).map(\.text)
        #expect(narrow == stride(from: 0, to: 26, by: 2).map { "gesture \($0)" })
        let wide = try SampleCharts.confusion().drawn(id: "a", width: ChartWidth.wide).texts.filter(\.isUpright).map(\.text)
        #expect(wide == ["WALKING", "WALKING_", "UPSTAIRS", "WALKING_", "DOWNSTAIRS", "SITTING", "STANDING", "LAYING"])
        let short = try HeatMap.confusion(heading, classes: ["up", "down"], counts: [[1, 0], [0, 1]])
        #expect(!short.drawn(id: "a", width: 360).texts.contains { $0.isUpright })
    }

    @Test func aMarkWithoutRoomIsNamedBelow() throws {
        let marks = (0..<30).map { LineSeries.Mark(at: .init(x: 1, y: 1), "mark \($0)") }
        let chart = try LineChart(heading, x: Axis(""), y: Axis(""), [LineSeries("a", [.init(x: 1, y: 1)], marks: marks)])
        let texts = texts(chart)
        #expect(texts.contains("mark 0") && texts.contains { $0.hasPrefix("Marked: mark ") })
    }

    @Test func aMarkBeyondTheAxisIsNamedBelow() throws {
        let mark = LineSeries.Mark(at: .init(x: 1, y: 3), "far away")
        let chart = try LineChart(
            heading, x: Axis(""), y: Axis("", range: 0...1),
            [LineSeries("", [.init(x: 0, y: 0), .init(x: 2, y: 1)], marks: [mark])])
        #expect(texts(chart).last == "Marked: far away")
        #expect(XMLCheck(chart.fragment(id: "a")).elements["circle"] == 2)
    }

    @Test func seriesAreToldApartWithoutColour() throws {
        let chart = try SampleCharts.sevenLines()
        let signs = chart.series.indices.map { Symbol($0) }
        #expect(Set(signs.map(\.rawValue)).count == signs.count)
        let svg = try SampleCharts.cdf().fragment(id: "a")
        #expect(svg.split(separator: "ch-dashed").count - 1 == 6)
        let bars = try SampleCharts.intervals().fragment(id: "a")
        #expect(bars.split(separator: "ch-bar ch-f1").count - 1 == 3 && bars.split(separator: "ch-bar ch-tint").count - 1 == 3)
        #expect(bars.split(separator: "fill=\"url(#a-hatch-3)\"").count - 1 == 4)
    }

    @Test func quantilesAreThoseOfNumPy() throws {
        // numpy.quantile([3, 1, 2, 10], [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1])
        let quantiles = try Quantiles([3, 1, 2, 10], of: "")
        for (share, value) in [(0.0, 1.0), (0.05, 1.15), (0.25, 1.75), (0.5, 2.5), (0.75, 4.75), (0.95, 8.95), (1, 10)] {
            #expect((quantiles[share] - value).magnitude < 1e-12)
        }
        #expect(try Quantiles([7], of: "")[0.3] == 7)
    }

    @Test func tablesHoldTheValues() throws {
        #expect(try SampleCharts.users().table.header.prefix(2) == ["users", "OpenFaaS, autoscaling"])
        #expect(try SampleCharts.users().table.rows[1].prefix(3) == ["5", "85 (76.5 to 95.2)", "110 (99 to 123)"])
        let bars = try SampleCharts.bars().table
        #expect(bars.header == ["group", "bar", "kind", "seconds", "note"])
        #expect(bars.rows[3] == ["cnn", "study: Raspberry Pi 4", "the study's figures", "6,780", "6,780 s, 0.990"])
        let confusion = try SampleCharts.confusion().table
        #expect(confusion.header.prefix(2) == ["true class / predicted class", "WALKING"])
        #expect(confusion.rows[3] == ["SITTING", "0", "2", "0", "437", "52", "0"])
        #expect(try SampleCharts.curves().table.rows[1][6].hasPrefix("best: epoch 196: 96."))
        #expect(try SampleCharts.signals().table.rows[4].prefix(3) == ["10.2", "12.8", "STANDING"])
        #expect(try SampleCharts.longSignals().table.header == ["answer", "times", "mean confidence"])
        #expect(try SampleCharts.reliability().table.rows[6] == ["97.0 %", "98.0 %", "2,431"])
        for (name, chart) in SampleCharts.all {
            let table = chart.table
            #expect(table.rows.allSatisfy { $0.count == table.header.count }, "\(name)")
        }
        for seed in UInt64(1)...100 {
            var charts = RandomCharts(seed)
            let table = try charts.next().table
            #expect(table.rows.allSatisfy { $0.count == table.header.count }, "seed \(seed)")
        }
    }

    @Test func stepsHoldUntilTheNextValue() throws {
        let chart = try LineChart(
            heading, x: Axis("", range: 0...10), y: Axis("", range: 0...10),
            [LineSeries("", (0...20).map { .init(x: Double($0) / 2, y: $0 < 10 ? 0 : 10) }, join: .steps)])
        let path = try #require(XMLCheck(chart.fragment(id: "a")).attributes.first { $0.name == "d" })
        #expect(!path.value.contains("l"), "\(path.value)")
    }

    /// The chart decides where the whiskers of its boxes end, and its table says the same.
    @Test func whiskersEndWhereTheChartSays() throws {
        let box = try BoxPlot.Box("c", samples: (0...100).map(Double.init))
        func numbers(_ whiskers: BoxPlot.Whiskers) throws -> [Double?] {
            try BoxPlot(ChartHeading(title: "t", description: "d"), axis: Axis("ms"), whiskers: whiskers, [.init("", [box])])
                .table.rows[0].dropFirst().map { Double($0) }
        }
        #expect(try numbers(.extremes) == [0, 25, 50, 75, 100, 101])
        #expect(try numbers(.percentiles) == [5, 25, 50, 75, 95, 101])
    }
}
