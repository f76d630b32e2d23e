/// Rows that share one horizontal axis of values: what bars and boxes have in common.
struct RowPlot {
    /// What is needed of a row to find its place.
    struct Row {
        let label: String
        /// What is said of it, a text for each line.
        let notes: [String]
    }

    let scale: Scale
    let box: TextBox
    /// The top of each row, group by group.
    let tops: [[Double]]

    /// Rows beneath the cursor, with their labels, the names of their groups and their axis drawn; the cursor is left below them.
    /// - Parameters:
    ///   - thickness: How high what is drawn in a row is.
    ///   - hasLengths: Whether values are shown as lengths, which begin at a line.
    ///   - keepsNotes: Whether notes have a place of their own and are drawn; else whoever draws the rows puts them behind what is drawn.
    init(
        _ groups: [(name: String, rows: [Row])], axis: Axis, extent: ClosedRange<Double>?, thickness: Double, hasLengths: Bool,
        keepsNotes: Bool, on canvas: inout Canvas
    ) {
        let style = TextStyle.label
        let rows = groups.flatMap(\.rows)
        let labelWidth = (rows.map { TextMetrics.width($0.label) }.max() ?? 0).rounded(.up)
        // Labels that would leave no room for lengths stand above their rows.
        let widestNote = RowPlot.noteWidth(rows.flatMap(\.notes), on: canvas)
        let isAbove = labelWidth > canvas.innerWidth * 0.36 || labelWidth + widestNote > canvas.innerWidth * 0.42
        // Then notes that have their own place stand above them, too.
        let noteWidth = isAbove && keepsNotes ? 0 : widestNote
        let left = Canvas.margin + (isAbove || labelWidth == 0 ? 0 : labelWidth + 10)
        let right = canvas.right - (noteWidth > 0 ? noteWidth + 8 : 8)
        let top = canvas.cursor
        // Where everything stands is known before the lines are drawn that lie beneath it.
        var (y, tops, labels) = (top, [[Double]](), [PlacedText]())
        var (names, notes): ([PlacedText], [PlacedText]) = ([], [])
        for (index, group) in groups.enumerated() {
            if index > 0 { y += 8 }
            if !group.name.isEmpty {
                let name = TextFit.shortened(group.name, to: canvas.innerWidth, .strong)
                names.append(PlacedText(text: name, place: Point(x: Canvas.margin, y: y + style.ascent + 3), style: .strong))
                y += style.lineHeight + 4
            }
            tops.append(
                group.rows.map { row in
                    if isAbove {
                        var room = canvas.innerWidth
                        if keepsNotes {
                            let note = TextFit.shortened(row.notes.joined(separator: ", "), to: room * 0.6)
                            notes.append(PlacedText(text: note, place: Point(x: canvas.right, y: y + style.ascent), anchor: .end))
                            room -= TextMetrics.width(note) + 10
                        }
                        let label = TextFit.shortened(row.label, to: room, keeping: .ends)
                        labels.append(PlacedText(text: label, place: Point(x: Canvas.margin, y: y + style.ascent)))
                        y += style.lineHeight - 1
                    } else {
                        if keepsNotes {
                            for (line, note) in row.notes.enumerated() {
                                let first = y + thickness / 2 + 4.5 - Double(row.notes.count - 1) * 8
                                let place = Point(x: right + 10, y: first + 16 * Double(line))
                                notes.append(PlacedText(text: TextFit.shortened(note, to: noteWidth), place: place))
                            }
                        }
                        let place = Point(x: left - 10, y: y + thickness / 2 + 4.5)
                        labels.append(PlacedText(text: row.label, place: place, anchor: .end))
                    }
                    defer { y += thickness + (isAbove ? 10 : 8) }
                    return y
                })
        }
        self.tops = tops
        box = TextBox(left: left, top: top, right: right, bottom: y)
        scale = Scale(axis, extent, ticks: Int((right - left) / 56), isRounded: true)
        scale.drawBeneath(box, named: axis.label, isGridded: true, on: &canvas)
        // Lines end at the words that stand in their way.
        if hasLengths {
            canvas.line(Point(x: base, y: box.top), Point(x: base, y: box.bottom), "ch-axis")
        } else {
            canvas.line(Point(x: box.left, y: box.bottom), Point(x: box.right, y: box.bottom), "ch-axis")
        }
        for name in names { canvas.text(name, "ch-strong ch-halo") }
        for label in labels { canvas.text(label, "ch-halo") }
        for note in notes { canvas.text(note, "ch-muted ch-halo") }
        if rows.isEmpty { canvas.notes(["There are no values."]) }
    }

    /// How wide notes are at most: longer ones are shortened.
    static func noteWidth(_ notes: [String], on canvas: Canvas) -> Double {
        min((notes.map { TextMetrics.width($0) }.max() ?? 0).rounded(.up), (canvas.innerWidth * 0.42).rounded())
    }

    /// Where lengths begin: at 0, or with the axis where that has none.
    var base: Double { scale.kind == .linear ? x(0) : box.left }

    /// Where a value is.
    func x(_ value: Double) -> Double { box.left + (box.right - box.left) * min(max(scale.share(value), 0), 1) }
}
