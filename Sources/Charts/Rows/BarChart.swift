import Glibc

/// Values as lengths, in groups: training times by machine, response times by users.
public struct BarChart: Chart {
    /// A value with its name.
    public struct Bar: Sendable, Equatable {
        /// What it is of.
        public let label: String
        /// How long it is, on the axis.
        public let value: Double
        /// Which of the chart's kinds it is of: its colour and how it is filled.
        public let kind: Int
        /// What stands behind it: the value, where nothing else does.
        public let note: String?
        /// How sure the value is: from where to where it may be.
        public let interval: ClosedRange<Double>?

        /// A bar.
        public init(_ label: String, _ value: Double, kind: Int = 0, note: String? = nil, interval: ClosedRange<Double>? = nil) {
            self.label = DisplayText.line(label)
            self.value = value
            self.kind = max(0, kind)
            self.note = note.map(DisplayText.line)
            self.interval = interval
        }
    }

    /// Bars that are compared with each other first.
    public struct Group: Sendable, Equatable {
        /// What the bars have in common.
        public let name: String
        /// The bars, from the top downwards.
        public let bars: [Bar]

        /// A group; a name that is empty is not shown.
        public init(_ name: String, _ bars: [Bar]) {
            self.name = DisplayText.line(name)
            self.bars = bars
        }
    }

    public let heading: ChartHeading
    /// The axis of the values.
    public let axis: Axis
    /// What the kinds of bars are, in their order.
    public let kinds: [String]
    /// The bars, group by group.
    public let groups: [Group]

    /// A chart of bars.
    /// - Throws: A `ChartError` that names the bar whose value has no place on the axis.
    public init(_ heading: ChartHeading, axis: Axis, kinds: [String] = [], _ groups: [Group]) throws(ChartError) {
        for bar in groups.flatMap(\.bars) {
            for value in [bar.value] + (bar.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) where !axis.shows(value) {
                throw ChartError("bar '\(bar.label)': its values must be \(axis.shownValues), found \(value)")
            }
        }
        self.heading = heading
        self.axis = axis
        self.kinds = kinds.map(DisplayText.line)
        self.groups = groups
    }

    private func note(_ bar: Bar) -> String { bar.note ?? axis.format.text(bar.value) }

    /// The values between which all lengths lie.
    private var extent: ClosedRange<Double>? {
        var extent = Extent()
        for bar in groups.flatMap(\.bars) {
            for value in [bar.value] + (bar.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) { extent.add(value) }
        }
        guard let range = extent.range else { return nil }
        switch axis.kind {
        case .linear: return min(range.lowerBound, 0)...max(range.upperBound, 0)
        // From a power of ten, so far below the shortest bar that it can be seen, too.
        case .logarithmic:
            let low = Scale.power(Int(log10(range.lowerBound / 2 * 1.000001).rounded(.down)))
            return low...max(range.upperBound, low * 10)
        }
    }

    public func draw(on canvas: inout Canvas) {
        Legend(entries: kinds.enumerated().map { (.area(colour: Palette.number($0), Fill($0)), $1) }).draw(on: &canvas)
        let thickness = 18.0
        let groups = self.groups
        let plot = RowPlot(
            groups.map { group in (group.name, group.bars.map { RowPlot.Row(label: $0.label, notes: [note($0)]) }) }, axis: axis,
            extent: extent, thickness: thickness, hasLengths: true, keepsNotes: false, on: &canvas)
        let noteWidth = RowPlot.noteWidth(groups.flatMap(\.bars).map(note), on: canvas)
        for (group, tops) in zip(groups, plot.tops) {
            for (bar, top) in zip(group.bars, tops) {
                let x = plot.x(bar.value)
                let (left, width) = (min(plot.base, x), max(1, (x - plot.base).magnitude))
                Fill(bar.kind).draw(
                    on: &canvas, left, top, width, thickness, colour: Palette.number(bar.kind), classes: "ch-bar")
                var end = max(plot.base, x)
                if let interval = bar.interval {
                    let (low, high) = (plot.x(interval.lowerBound), plot.x(interval.upperBound))
                    end = max(end, high)
                    let middle = top + thickness / 2
                    var path = PathData()
                    path.move(Point(x: low, y: middle))
                    path.line(Point(x: high, y: middle))
                    for edge in [low, high] {
                        path.move(Point(x: edge, y: middle - 4))
                        path.line(Point(x: edge, y: middle + 4))
                    }
                    canvas.path(path, "ch-outline")
                }
                let text = TextFit.shortened(note(bar), to: noteWidth)
                canvas.text(PlacedText(text: text, place: Point(x: end + 6, y: top + thickness / 2 + 4.5)), "ch-halo")
            }
        }
    }

    public var table: ChartTable {
        let bars = groups.flatMap(\.bars)
        let hasGroups = groups.contains { !$0.name.isEmpty }
        let hasIntervals = bars.contains { $0.interval != nil }
        let hasNotes = bars.contains { $0.note != nil }
        var header: [String] = hasGroups ? ["group"] : []
        header.append("bar")
        if !kinds.isEmpty { header.append("kind") }
        header.append(axis.label.isEmpty ? "value" : axis.label)
        if hasIntervals { header += ["from", "to"] }
        if hasNotes { header.append("note") }
        var rows: [[String]] = []
        for group in groups {
            for bar in group.bars {
                var row: [String] = hasGroups ? [group.name] : []
                row.append(bar.label)
                if !kinds.isEmpty { row.append(bar.kind < kinds.count ? kinds[bar.kind] : "") }
                row.append(axis.format.text(bar.value))
                if hasIntervals {
                    row.append(bar.interval.map { axis.format.text($0.lowerBound) } ?? "")
                    row.append(bar.interval.map { axis.format.text($0.upperBound) } ?? "")
                }
                if hasNotes { row.append(bar.note ?? "") }
                rows.append(row)
            }
        }
        return ChartTable(header: header, rows: rows)
    }
}
