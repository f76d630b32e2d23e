/// The plane between two axes.
struct Plot {
    let x: Scale
    let y: Scale
    /// Where it is on the drawing.
    let box: TextBox

    /// A plane beneath the cursor, as high as its width times `aspect`, with both axes drawn; the cursor is left below them.
    init(
        _ xAxis: Axis, _ xExtent: ClosedRange<Double>?, _ yAxis: Axis, _ yExtent: ClosedRange<Double>?, aspect: Double,
        on canvas: inout Canvas
    ) {
        let words = yAxis.kind == .logarithmic && !yAxis.label.isEmpty ? yAxis.label + ", logarithmic scale" : yAxis.label
        canvas.lines(words, limit: 2, .label, "ch-muted")
        let top = canvas.cursor + 10
        let height = (min(max((canvas.innerWidth - 40) * aspect, 210), 480)).rounded()
        y = Scale(yAxis, yExtent, ticks: Int(height / 40), isRounded: true)
        let labels = y.ticksThatFit(height: height)
        let left = Canvas.margin + (labels.map { TextMetrics.width($0.label) }.max() ?? 0).rounded(.up) + 8
        // A square plane is as wide as it is high.
        var right = aspect == 1 ? min(canvas.right - 8, left + height) : canvas.right - 8
        x = Scale(xAxis, xExtent, ticks: Int((right - left) / 70), isRounded: xAxis.kind == .logarithmic)
        // The last label stands in the middle beneath its tick, too.
        if let last = x.ticksThatFit(from: left, to: right, on: canvas).last {
            right -= max(0, (last.x + TextMetrics.width(last.tick.label) / 2 - canvas.width + 4).rounded(.up))
        }
        box = TextBox(left: left, top: top, right: right, bottom: top + height)
        for tick in labels {
            let place = box.bottom - height * y.share(tick.value)
            canvas.line(Point(x: left, y: place), Point(x: right, y: place), "ch-grid")
            let label = PlacedText(text: tick.label, place: Point(x: left - 8, y: place + 4.5), anchor: .end)
            canvas.text(label, "ch-muted")
        }
        x.drawBeneath(box, named: xAxis.label, isGridded: xAxis.kind == .logarithmic, on: &canvas)
        canvas.line(Point(x: left, y: box.bottom), Point(x: right, y: box.bottom), "ch-axis")
    }

    /// Whether a place is in the plane, or so little beyond it that it was rounded there.
    func holds(_ point: Point) -> Bool {
        (box.left - 0.5...box.right + 0.5).contains(point.x) && (box.top - 0.5...box.bottom + 0.5).contains(point.y)
    }

    /// Where a value is drawn; values beyond the axes are not carried far.
    func point(_ valueX: Double, _ valueY: Double) -> Point {
        let (shareX, shareY) = (min(max(x.share(valueX), -2), 3), min(max(y.share(valueY), -2), 3))
        return Point(x: box.left + (box.right - box.left) * shareX, y: box.bottom - (box.bottom - box.top) * shareY)
    }
}
