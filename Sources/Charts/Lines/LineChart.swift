import Platform

/// Lines over a common axis: curves of a training, pods over time, response times by users.
public struct LineChart: Chart {
    public let heading: ChartHeading
    /// The axis from left to right.
    public let xAxis: Axis
    /// The axis upwards.
    public let yAxis: Axis
    /// The lines; later ones lie over earlier ones.
    public let series: [LineSeries]
    /// The height over the width.
    public let aspect: Double

    /// The most rows of a table that names every value.
    private static let tableLimit = 60
    /// The most points of a line that all have a sign.
    private static let signLimit = 14

    /// A chart of lines.
    ///
    /// Points that have no place on the axes (not finite, or not above 0 on a logarithmic one) interrupt their line, and a note says how
    /// many they are.
    /// - Throws: A `ChartError` where the places of a line do not ascend.
    public init(_ heading: ChartHeading, x: Axis, y: Axis, _ series: [LineSeries], aspect: Double = 0.56) throws(ChartError) {
        for line in series {
            var last = -Double.infinity
            for (index, point) in line.points.enumerated() {
                guard point.x >= last, point.x.isFinite else {
                    throw ChartError(
                        "line '\(line.name)': the x of its points must be finite and ascend, found \(point.x) at \(index)")
                }
                last = point.x
            }
        }
        self.heading = heading
        xAxis = x
        yAxis = y
        self.series = series
        self.aspect = aspect.isFinite ? min(max(aspect, 0.2), 1.5) : 0.56
    }

    private func shows(_ point: LineSeries.Point) -> Bool { xAxis.shows(point.x) && yAxis.shows(point.y) }

    /// The intervals that have a place on the axes.
    private func intervals(_ line: LineSeries) -> [LineSeries.Interval] {
        line.intervals.filter { xAxis.shows($0.x) && yAxis.shows($0.low) && yAxis.shows($0.high) && $0.low <= $0.high }
    }

    /// How many points of a line have no place on the axes.
    private func missing(_ line: LineSeries) -> Int { line.points.reduce(0) { $0 + (shows($1) ? 0 : 1) } }

    private func colour(_ index: Int) -> Int {
        series[index].isReference ? 0 : Palette.number(series[index].colour ?? index)
    }

    /// The sign of a line; a line of many points that is alone needs none.
    private func symbol(_ index: Int) -> Symbol? {
        let isAlone = series.count(where: { !$0.isReference }) < 2
        return series[index].isReference || isAlone && series[index].points.count > LineChart.signLimit ? nil : Symbol(index)
    }

    private var extents: (x: ClosedRange<Double>?, y: ClosedRange<Double>?) {
        var (x, y) = (Extent(), Extent())
        for line in series {
            for point in line.points where shows(point) {
                x.add(point.x)
                y.add(point.y)
            }
            for mark in line.marks where shows(mark.point) {
                x.add(mark.point.x)
                y.add(mark.point.y)
            }
            for interval in intervals(line) {
                x.add(interval.x)
                y.add(interval.low)
                y.add(interval.high)
            }
        }
        return (x.range, y.range)
    }

    public func draw(on canvas: inout Canvas) {
        let named = series.indices.filter { !series[$0].name.isEmpty }
        if named.count > 1 {
            Legend(
                entries: named.map { index in
                    (.line(colour: colour(index), series[index].stroke, symbol(index)), series[index].name)
                }
            ).draw(on: &canvas)
        }
        let (xExtent, yExtent) = extents
        let isEmpty = xExtent == nil
        let plot = Plot(xAxis, xExtent, yAxis, yExtent, aspect: aspect, on: &canvas)
        // Lines and signs at the edge are drawn whole.
        let bounds = TextBox(
            left: plot.box.left - 6, top: plot.box.top - 6, right: plot.box.right + 6, bottom: plot.box.bottom + 6)
        let lines = series.map { corners($0, plot) }
        canvas.clipped(to: bounds) { canvas in
            // References lie beneath what is compared with them.
            for index in series.indices where series[index].isReference { draw(index, lines[index], plot, on: &canvas) }
            for index in series.indices where !series[index].isReference { draw(index, lines[index], plot, on: &canvas) }
        }
        var unlabelled: [String] = []
        for index in series.indices {
            for mark in series[index].marks where shows(mark.point) {
                if !draw(mark, colour(index), plot, among: lines.flatMap(\.self), on: &canvas) { unlabelled.append(mark.label) }
            }
        }
        if isEmpty {
            let middle = Point(x: (plot.box.left + plot.box.right) / 2, y: (plot.box.top + plot.box.bottom) / 2)
            canvas.text(PlacedText(text: "no values", place: middle, anchor: .middle), "ch-muted ch-halo")
        }
        canvas.notes([unlabelled.isEmpty ? "" : "Marked: " + unlabelled.joined(separator: "; "), missingNote])
    }

    /// How many points have no place on the axes, and of which lines; empty where all have.
    private var missingNote: String {
        let counts = series.map { missing($0) }
        let count = counts.reduce(0, +)
        guard count > 0 else { return "" }
        let needs = xAxis.kind == .logarithmic ? xAxis.shownValues : yAxis.shownValues
        let names = zip(series, counts).filter { $1 > 0 && !$0.name.isEmpty }.map(\.0.name)
        return "Left out, since not \(needs): \(NumberText.count(count, "value"))"
            + (names.isEmpty ? "" : " of " + names.joined(separator: ", "))
    }

    /// The corners of what is drawn of a line, apart where it is interrupted.
    private func corners(_ line: LineSeries, _ plot: Plot) -> [[Point]] {
        var reduction = LineReduction()
        for point in line.points {
            if shows(point) { reduction.add(plot.point(point.x, point.y)) } else { reduction.interrupt() }
        }
        reduction.interrupt()
        guard line.join == .steps else { return reduction.lines }
        return reduction.lines.map { points in
            points.prefix(1)
                + zip(points, points.dropFirst()).flatMap { last, next in
                    next.y != last.y && next.x != last.x ? [Point(x: next.x, y: last.y), next] : [next]
                }
        }
    }

    private func draw(_ index: Int, _ lines: [[Point]], _ plot: Plot, on canvas: inout Canvas) {
        let (line, colour) = (series[index], colour(index))
        for interval in intervals(line) {
            let (low, high) = (plot.point(interval.x, interval.low), plot.point(interval.x, interval.high))
            var path = PathData()
            for end in [low, high] {
                path.move(Point(x: end.x - 4, y: end.y))
                path.line(Point(x: end.x + 4, y: end.y))
            }
            path.move(low)
            path.line(high)
            canvas.path(path, "ch-line ch-thin ch-s\(colour)")
        }
        var path = PathData()
        for points in lines { path.add(points) }
        canvas.path(path, "ch-line ch-s\(colour)" + line.stroke.classes + (line.isReference ? " ch-thin" : ""))
        guard let symbol = symbol(index) else { return }
        for place in signPlaces(index, lines, plot) { symbol.draw(on: &canvas, at: place, colour: colour) }
    }

    /// Where a line has its signs: at all points where these are few, else at a few along its way, not where other lines have theirs.
    private func signPlaces(_ index: Int, _ lines: [[Point]], _ plot: Plot) -> [Point] {
        let line = series[index]
        guard line.points.count > LineChart.signLimit else {
            return line.points.filter(shows).map { plot.point($0.x, $0.y) }
        }
        func length(_ from: Point, _ to: Point) -> Double { (to.x - from.x).magnitude + (to.y - from.y).magnitude }
        let total = lines.reduce(0) { $0 + zip($1, $1.dropFirst()).reduce(0) { $0 + length($1.0, $1.1) } }
        let count = min(max(total / 130, 2), 5).rounded()
        var (way, next, places) = (0.0, total / count * (0.2 + 0.15 * Double(index % 5)), [Point]())
        for points in lines {
            for (from, to) in zip(points, points.dropFirst()) {
                way += length(from, to)
                guard way >= next else { continue }
                places.append(to)
                next = max(next + total / count, way)
            }
        }
        return places
    }

    /// Draws a mark and, where there is room, its words, over as few lines as may be; says whether there was.
    private func draw(
        _ mark: LineSeries.Mark, _ colour: Int, _ plot: Plot, among lines: [[Point]], on canvas: inout Canvas
    ) -> Bool {
        let point = plot.point(mark.point.x, mark.point.y)
        // What lies beyond an axis that ends elsewhere is named, not drawn.
        guard plot.holds(point) else { return mark.label.isEmpty }
        canvas.line(Point(x: point.x, y: point.y + 7), Point(x: point.x, y: plot.box.bottom), "ch-axis ch-thin ch-dotted")
        canvas.circle(point, radius: 6, "ch-line ch-s\(colour)")
        canvas.circle(point, radius: 2.5, "ch-f\(colour)")
        guard !mark.label.isEmpty else { return true }
        let area = TextBox(left: plot.box.left + 2, top: plot.box.top - 8, right: plot.box.right + 8, bottom: plot.box.bottom - 4)
        let text = TextFit.shortened(mark.label, to: (plot.box.right - plot.box.left) * 0.7)
        let places: [(x: Double, y: Double, anchor: PlacedText.Anchor)] = [
            (10, 20, .start), (-10, 20, .end), (10, -10, .start), (-10, -10, .end), (10, 38, .start), (-10, 38, .end),
            (10, 60, .start), (-10, 60, .end), (10, -32, .start), (-10, -32, .end), (0, 90, .middle), (0, -60, .middle),
        ]
        let free = places.map { place in
            PlacedText(text: text, place: Point(x: point.x + place.x, y: point.y + place.y), anchor: place.anchor)
        }.filter { placed in area.holds(placed.box) && !canvas.texts.contains { $0.box.overlaps(placed.box) } }
        func crossings(_ box: TextBox) -> Int {
            lines.count { points in zip(points, points.dropFirst()).contains { box.isCrossed(from: $0, to: $1) } }
        }
        // The first of those that are crossed by the fewest lines.
        guard let best = free.map({ (placed: $0, crossings: crossings($0.box)) }).min(by: { $0.crossings < $1.crossings }) else {
            return false
        }
        canvas.text(best.placed, "ch-halo")
        return true
    }

    public var table: ChartTable {
        var places: Set<Double> = []
        for line in series {
            for point in line.points {
                places.insert(point.x)
                guard places.count <= LineChart.tableLimit else { return summary }
            }
        }
        let names = series.enumerated().map { $1.name.isEmpty ? (yAxis.label.isEmpty ? "line \($0 + 1)" : yAxis.label) : $1.name }
        let rows = places.sorted().map { place -> [String] in
            [xAxis.format.text(place)]
                + series.map { line in
                    let values = line.points.filter { $0.x == place }.map { yAxis.format.text($0.y) }
                    let spread = line.intervals.filter { $0.x == place }.map {
                        " (\(yAxis.format.text($0.low)) to \(yAxis.format.text($0.high)))"
                    }
                    return values.joined(separator: "; ") + spread.joined()
                }
        }
        return ChartTable(header: [xAxis.label.isEmpty ? "x" : xAxis.label] + names, rows: rows)
    }

    /// What there is to say of lines of many points.
    private var summary: ChartTable {
        let rows = series.enumerated().map { index, line -> [String] in
            let shown = line.points.filter(shows)
            let low = shown.min { $0.y < $1.y }
            let high = shown.max { $0.y < $1.y }
            func text(_ point: LineSeries.Point?) -> String {
                point.map { "\(yAxis.format.text($0.y)) at \(xAxis.format.text($0.x))" } ?? ""
            }
            return [
                line.name.isEmpty ? "line \(index + 1)" : line.name, NumberText.grouped(line.points.count), text(shown.first),
                text(low), text(high), text(shown.last),
                line.marks.map { "\($0.label): \(text($0.point))" }.joined(separator: "; "),
            ]
        }
        return ChartTable(header: ["line", "points", "first", "lowest", "highest", "last", "marked"], rows: rows)
    }
}
