import Platform

/// How values are spread: boxes over the middle half, with whiskers.
public struct BoxPlot: Chart {
    /// What the ends of whiskers are.
    public enum Whiskers: Sendable, Equatable {
        /// The least and the greatest value.
        case extremes
        /// The values that a twentieth of all lies below and above.
        case percentiles

        fileprivate var shares: (low: Double, high: Double) { self == .extremes ? (0, 1) : (0.05, 0.95) }
        fileprivate var words: String {
            self == .extremes ? "from the least to the greatest value" : "from the 5th to the 95th percentile"
        }
        fileprivate var header: [String] { self == .extremes ? ["least", "greatest"] : ["5 %", "95 %"] }
    }

    /// How the values of one row are spread.
    public struct Box: Sendable, Equatable {
        /// What it is of.
        public let label: String
        /// Which of the chart's kinds it is of: its colour and how it is filled.
        public let kind: Int
        private let quantiles: Quantiles

        /// The box of values; the chart says where its whiskers end.
        /// - Throws: A `ChartError` where there are none, or one is not finite.
        public init(_ label: String, samples: [Double], kind: Int = 0) throws(ChartError) {
            self.label = DisplayText.line(label)
            quantiles = try Quantiles(samples, of: "box '\(self.label)'")
            self.kind = max(0, kind)
        }

        /// From the end of the lower whisker to that of the upper one.
        fileprivate func numbers(_ whiskers: Whiskers) -> [Double] {
            [whiskers.shares.low, 0.25, 0.5, 0.75, whiskers.shares.high].map { quantiles[$0] }
        }

        fileprivate var count: Int { quantiles.count }
        fileprivate func notes(_ format: NumberFormat) -> [String] {
            ["median \(format.text(quantiles[0.5]))", "n = \(NumberText.grouped(count))"]
        }
    }

    /// Boxes that are compared with each other first.
    public struct Group: Sendable, Equatable {
        /// What the boxes have in common.
        public let name: String
        /// The boxes, from the top downwards.
        public let boxes: [Box]

        /// A group; a name that is empty is not shown.
        public init(_ name: String, _ boxes: [Box]) {
            self.name = DisplayText.line(name)
            self.boxes = boxes
        }
    }

    public let heading: ChartHeading
    /// The axis of the values.
    public let axis: Axis
    /// What the ends of whiskers are.
    public let whiskers: Whiskers
    /// What the kinds of boxes are, in their order.
    public let kinds: [String]
    /// The boxes, group by group.
    public let groups: [Group]

    /// A chart of boxes.
    /// - Parameter whiskers: What the ends of the boxes' whiskers are.
    /// - Throws: A `ChartError` that names the box that has no place on the axis.
    public init(
        _ heading: ChartHeading, axis: Axis, whiskers: Whiskers, kinds: [String] = [], _ groups: [Group]
    ) throws(ChartError) {
        for box in groups.flatMap(\.boxes) {
            let low = box.numbers(whiskers)[0]
            guard axis.shows(low) else {
                throw ChartError("box '\(box.label)': its values must be \(axis.shownValues), found \(low)")
            }
        }
        self.heading = heading
        self.axis = axis
        self.whiskers = whiskers
        self.kinds = kinds.map(DisplayText.line)
        self.groups = groups
    }

    private var extent: ClosedRange<Double>? {
        var extent = Extent()
        for box in groups.flatMap(\.boxes) {
            for number in box.numbers(whiskers) { extent.add(number) }
        }
        return extent.range
    }

    public func draw(on canvas: inout Canvas) {
        Legend(entries: kinds.enumerated().map { (.area(colour: Palette.number($0), Fill($0)), $1) }).draw(on: &canvas)
        let thickness = 30.0
        let rows = groups.map { group in
            (group.name, group.boxes.map { RowPlot.Row(label: $0.label, notes: $0.notes(axis.format)) })
        }
        let plot = RowPlot(
            rows, axis: axis, extent: extent, thickness: thickness, hasLengths: false, keepsNotes: true, on: &canvas)
        for (group, tops) in zip(groups, plot.tops) {
            for (box, top) in zip(group.boxes, tops) {
                draw(box, plot, top: top, thickness: thickness, on: &canvas)
            }
        }
        canvas.notes(["Boxes: the middle half of the values, with their median. Whiskers: \(whiskers.words)."])
    }

    private func draw(_ box: Box, _ plot: RowPlot, top: Double, thickness: Double, on canvas: inout Canvas) {
        let middle = top + thickness / 2
        let places = box.numbers(whiskers).map(plot.x)
        var whiskers = PathData()
        for (from, to, end) in [(places[1], places[0], places[0]), (places[3], places[4], places[4])] {
            whiskers.move(Point(x: from, y: middle))
            whiskers.line(Point(x: to, y: middle))
            whiskers.move(Point(x: end, y: middle - 5))
            whiskers.line(Point(x: end, y: middle + 5))
        }
        canvas.path(whiskers, "ch-outline")
        let (left, width) = (places[1], max(1, places[3] - places[1]))
        Fill(box.kind).draw(
            on: &canvas, left, top + 5, width, thickness - 10, colour: Palette.number(box.kind), classes: "ch-box")
        // On any fill the median is a line of ink between two of paper.
        canvas.rectangle(places[2] - 2.5, top + 3, 5, thickness - 6, "ch-paper")
        canvas.rectangle(places[2] - 1, top + 3, 2, thickness - 6, "ch-ink")
    }

    public var table: ChartTable {
        let hasGroups = groups.contains { !$0.name.isEmpty }
        let header =
            (hasGroups ? ["group"] : []) + ["box"] + (kinds.isEmpty ? [] : ["kind"])
            + [whiskers.header[0], "25 %", "median", "75 %", whiskers.header[1], "n"]
        let rows = groups.flatMap { group in
            group.boxes.map { box -> [String] in
                (hasGroups ? [group.name] : []) + [box.label]
                    + (kinds.isEmpty ? [] : [box.kind < kinds.count ? kinds[box.kind] : ""])
                    + box.numbers(whiskers).map(axis.format.text) + [NumberText.grouped(box.count)]
            }
        }
        return ChartTable(header: header, rows: rows)
    }
}
