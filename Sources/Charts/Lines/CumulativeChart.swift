import Platform

/// Which share of the values lies below any of them: cumulative distributions over a common axis.
public struct CumulativeChart: Chart {
    /// Values and how their line is drawn.
    public struct Distribution: Sendable {
        /// What the legend calls it.
        public let name: String
        /// The colour's index in the palette; nil for the one of its place among the lines.
        public let colour: Int?
        /// How its line is drawn.
        public let stroke: Stroke
        fileprivate let quantiles: Quantiles

        /// The distribution of values.
        /// - Parameter colour: The colour's index in the palette; nil for the one of its place among the lines.
        /// - Throws: A `ChartError` where there are none, or one is not finite.
        public init(_ name: String, samples: [Double], colour: Int? = nil, stroke: Stroke = .solid) throws(ChartError) {
            self.name = DisplayText.line(name)
            self.colour = colour
            self.stroke = stroke
            quantiles = try Quantiles(samples, of: "distribution '\(DisplayText.line(name))'")
        }
    }

    /// The distributions.
    public let distributions: [Distribution]
    private let chart: LineChart

    public var heading: ChartHeading { chart.heading }

    /// A chart of distributions.
    /// - Throws: A `ChartError` where a value has no place on the axis.
    public init(_ heading: ChartHeading, axis: Axis, _ distributions: [Distribution]) throws(ChartError) {
        for distribution in distributions where !axis.shows(distribution.quantiles[0]) {
            throw ChartError(
                "distribution '\(distribution.name)': its values must be \(axis.shownValues), found \(distribution.quantiles[0])")
        }
        let series = distributions.map { distribution in
            let values = distribution.quantiles.ascending
            // A step up at each value, from nothing at the first.
            let points =
                [LineSeries.Point(x: values[0], y: 0)]
                + values.enumerated().map { LineSeries.Point(x: $1, y: Double($0 + 1) / Double(values.count)) }
            return LineSeries(distribution.name, points, colour: distribution.colour, stroke: distribution.stroke, join: .steps)
        }
        self.distributions = distributions
        chart = try LineChart(
            heading, x: axis, y: Axis("share of values at or below", format: .percent, range: 0...1), series)
    }

    public func draw(on canvas: inout Canvas) { chart.draw(on: &canvas) }

    public var table: ChartTable {
        let shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
        let names = ["least", "5 %", "25 %", "median", "75 %", "95 %", "99 %", "greatest"]
        return ChartTable(
            header: ["distribution", "n"] + names,
            rows: distributions.map { distribution in
                [distribution.name, NumberText.grouped(distribution.quantiles.count)]
                    + shares.map { chart.xAxis.format.text(distribution.quantiles[$0]) }
            })
    }
}
