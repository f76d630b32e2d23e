import Charts

/// Charts of any kind with names and values of any kind.
struct RandomCharts {
    private var numbers: SampleNumbers

    init(_ seed: UInt64) { numbers = SampleNumbers(seed) }

    private mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &numbers) }
    private mutating func chance(_ share: Double) -> Bool { numbers.share() < share }

    private mutating func name() -> String {
        if chance(0.3) { return SampleCharts.hostileNames[number(below: SampleCharts.hostileNames.count)] }
        let words = [
            "n", "cnn", "WALKING_UPSTAIRS", "Raspberry Pi 4", "with", "autoscaling,", "2", "threads", "(synthetic)", "µs",
        ]
        return (0..<1 + number(below: 6)).map { _ in words[number(below: words.count)] }.joined(separator: " ")
    }

    private mutating func heading() -> ChartHeading {
        ChartHeading(title: name(), subtitle: chance(0.5) ? name() : "", description: name())
    }

    /// Around a size that is a power of ten; some of the size of the smallest and greatest numbers there are.
    private mutating func value(_ size: Int) -> Double {
        var power = 1.0
        for _ in 0..<abs(size) { power *= size < 0 ? 0.1 : 10 }
        return (numbers.share() * 2 - 0.6) * power
    }

    private mutating func size() -> Int { chance(0.2) ? number(below: 560) - 280 : number(below: 14) - 6 }

    private mutating func axis() -> Axis {
        Axis(
            name(), chance(0.4) ? .logarithmic : .linear, format: chance(0.2) ? .percent : .number, includesZero: chance(0.3),
            isWhole: chance(0.2))
    }

    private mutating func lines() throws(ChartError) -> LineChart {
        let (sizeX, sizeY, isFlat) = (size(), size(), chance(0.1))
        var series: [LineSeries] = []
        for _ in 0..<number(below: 9) {
            let count = number(below: 40)
            var places: [Double] = []
            for _ in 0..<count { places.append(value(sizeX)) }
            places.sort()
            var points: [LineSeries.Point] = []
            for place in places {
                let special = [Double.nan, .infinity, -.infinity, 0][number(below: 4)]
                points.append(.init(x: place, y: chance(0.05) ? special : isFlat ? 3 : value(sizeY)))
            }
            var marks: [LineSeries.Mark] = []
            for point in points where chance(0.1) { marks.append(.init(at: point, name())) }
            series.append(
                LineSeries(
                    name(), points, stroke: [.solid, .dashed, .dotted][number(below: 3)], join: chance(0.3) ? .steps : .straight,
                    marks: marks, intervals: points.map { .init(x: $0.x, low: $0.y - 1, high: $0.y + 1) },
                    isReference: chance(0.1)))
        }
        return try LineChart(heading(), x: axis(), y: axis(), series, aspect: 0.2 + 1.3 * numbers.share())
    }

    private mutating func bars() throws(ChartError) -> BarChart {
        let (axis, size) = (axis(), size())
        var groups: [BarChart.Group] = []
        for _ in 0..<number(below: 5) {
            var bars: [BarChart.Bar] = []
            for _ in 0..<number(below: 6) {
                let value = axis.kind == .logarithmic ? max(abs(self.value(size)), 1e-290) : self.value(size)
                bars.append(
                    .init(
                        name(), value, kind: number(below: 9), note: chance(0.5) ? name() : nil,
                        interval: chance(0.3) ? min(value * 0.9, value * 1.2)...max(value * 0.9, value * 1.2) : nil))
            }
            groups.append(.init(chance(0.8) ? name() : "", bars))
        }
        var kinds: [String] = []
        for _ in 0..<number(below: 4) { kinds.append(name()) }
        return try BarChart(heading(), axis: axis, kinds: kinds, groups)
    }

    private mutating func boxes() throws(ChartError) -> BoxPlot {
        let size = size()
        var groups: [BoxPlot.Group] = []
        for _ in 0..<number(below: 4) {
            var boxes: [BoxPlot.Box] = []
            for _ in 0..<number(below: 4) {
                var samples: [Double] = []
                for _ in 0...number(below: 30) { samples.append(value(size)) }
                boxes.append(try .init(name(), samples: samples, kind: number(below: 3)))
            }
            groups.append(.init(name(), boxes))
        }
        return try BoxPlot(heading(), axis: Axis(name()), whiskers: .percentiles, kinds: [name(), name()], groups)
    }

    private mutating func heatMap() throws(ChartError) -> HeatMap {
        let (rows, columns) = (number(below: 15), number(below: 15))
        let limit = [1, 10, 1000, 10_000_000][number(below: 4)]
        var (rowNames, columnNames, counts): ([String], [String], [[Int]]) = ([], [], [])
        for _ in 0..<rows { rowNames.append(name()) }
        for _ in 0..<columns { columnNames.append(name()) }
        for _ in 0..<rows { counts.append((0..<columns).map { _ in number(below: limit) }) }
        return try HeatMap(heading(), rowTitle: name(), rows: rowNames, columnTitle: name(), columns: columnNames, counts: counts)
    }

    private mutating func signals() throws(ChartError) -> Signals {
        var channels: [Signals.Channel] = []
        for _ in 0..<number(below: 5) {
            let size = number(below: 60) - 30
            var values: [Float] = []
            for _ in 0..<number(below: 2000) { values.append(chance(0.01) ? .nan : Float(value(size))) }
            channels.append(.init(name(), values))
        }
        var (classes, answers): ([String], [Signals.Answer]) = ([], [])
        for _ in 0...number(below: 8) { classes.append(name()) }
        for index in 0..<number(below: chance(0.5) ? 10 : 900) {
            answers.append(.init(Double(index)...Double(index) + 2, number(below: classes.count), confidence: numbers.share()))
        }
        return try Signals(heading(), time: name(), interval: 0.02, channels: channels, classes: classes, answers: answers)
    }

    private mutating func reliability() throws(ChartError) -> ReliabilityDiagram {
        var bins: [ReliabilityDiagram.Bin] = []
        for _ in 0..<number(below: 20) {
            bins.append(.init(confidence: numbers.share(), accuracy: numbers.share(), count: number(below: 100)))
        }
        return try ReliabilityDiagram(heading(), bins)
    }

    private mutating func cumulative() throws(ChartError) -> CumulativeChart {
        var distributions: [CumulativeChart.Distribution] = []
        for _ in 0..<number(below: 6) {
            var samples: [Double] = []
            for _ in 0...number(below: 200) { samples.append(abs(value(2)) + 1e-3) }
            distributions.append(try .init(name(), samples: samples))
        }
        return try CumulativeChart(heading(), axis: Axis(name(), .logarithmic), distributions)
    }

    mutating func next() throws(ChartError) -> any Chart {
        switch number(below: 7) {
        case 0: try lines()
        case 1: try bars()
        case 2: try boxes()
        case 3: try heatMap()
        case 4: try signals()
        case 5: try reliability()
        default: try cumulative()
        }
    }
}
