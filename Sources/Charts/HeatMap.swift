import Platform

/// A matrix of counts, each cell coloured by its share of its row: a confusion matrix.
public struct HeatMap: Chart {
    public let heading: ChartHeading
    /// What the rows are, and what the columns are.
    public let rowTitle, columnTitle: String
    /// The names of the rows and of the columns.
    public let rows, columns: [String]
    /// The counts, row by row.
    public let counts: [[Int]]

    /// A matrix with its names.
    /// - Throws: A `ChartError` where there is not one count for each row and column, or one is negative.
    public init(
        _ heading: ChartHeading, rowTitle: String, rows: [String], columnTitle: String, columns: [String], counts: [[Int]]
    ) throws(ChartError) {
        guard counts.count == rows.count else {
            throw ChartError("a matrix with \(rows.count) names of rows needs as many rows, found \(counts.count)")
        }
        for (row, values) in counts.enumerated() {
            guard values.count == columns.count else {
                throw ChartError("row \(row) needs a count for each of \(columns.count) columns, found \(values.count)")
            }
            if let value = values.first(where: { $0 < 0 }) {
                throw ChartError("row \(row): counts must be 0 or more, found \(value)")
            }
        }
        self.heading = heading
        (self.rowTitle, self.columnTitle) = (DisplayText.line(rowTitle), DisplayText.line(columnTitle))
        (self.rows, self.columns) = (rows.map(DisplayText.line), columns.map(DisplayText.line))
        self.counts = counts
    }

    /// A confusion matrix: which classes answers were of, for the windows of each class.
    public static func confusion(_ heading: ChartHeading, classes: [String], counts: [[Int]]) throws(ChartError) -> HeatMap {
        try HeatMap(
            heading, rowTitle: "true class", rows: classes, columnTitle: "predicted class", columns: classes, counts: counts)
    }

    /// The share of a cell in its row, in steps of the colours: 0 for nothing alone.
    private static func step(_ count: Int, of total: Double) -> Int {
        guard count > 0 else { return 0 }
        return max(1, Int((Double(count) / total * Double(Palette.heatSteps - 1)).rounded()))
    }

    public func draw(on canvas: inout Canvas) {
        let style = TextStyle.label
        let rowNames = rows.map { TextFit.wrapped($0, to: canvas.innerWidth * 0.3, lines: 2) }
        let nameWidth = (rowNames.joined().map { TextMetrics.width($0) }.max() ?? 0).rounded(.up)
        let left = Canvas.margin + nameWidth + 8
        let width = max(1, min(72, ((canvas.right - left) / Double(max(1, columns.count)))))
        let lines = rowNames.map(\.count).max() ?? 1
        let height = min(max(width, Double(lines) * style.lineHeight + 4), 52)
        // All counts or none: a cell without one would seem to hold nothing.
        let showsCounts = counts.joined().allSatisfy { TextMetrics.width(NumberText.grouped($0)) + 2 <= width }
        let right = left + width * Double(columns.count)
        canvas.lines(columnTitle.isEmpty ? "" : "Columns: \(columnTitle); rows: \(rowTitle)", limit: 2, .label, "ch-muted")
        canvas.cursor += 4
        drawColumnNames(from: left, width, on: &canvas)
        let top = canvas.cursor
        for (row, values) in counts.enumerated() {
            let y = top + height * Double(row)
            for (line, name) in rowNames[row].enumerated() {
                let first = y + height / 2 - Double(rowNames[row].count - 1) * style.lineHeight / 2
                let place = Point(x: left - 8, y: first + Double(line) * style.lineHeight + 4.5)
                canvas.text(PlacedText(text: name, place: place, anchor: .end))
            }
            let total = values.reduce(0.0) { $0 + Double($1) }
            for (column, count) in values.enumerated() {
                let step = HeatMap.step(count, of: total)
                let x = left + width * Double(column)
                // The colour of nothing is the paper's.
                if step > 0 { canvas.rectangle(x + 0.5, y + 0.5, width - 1, height - 1, "ch-h\(step)") }
                guard showsCounts else { continue }
                let text = NumberText.grouped(count)
                let place = Point(x: x + width / 2, y: y + height / 2 + 4.5)
                canvas.text(PlacedText(text: text, place: place, anchor: .middle), count == 0 ? "ch-muted" : "ch-on\(step)")
            }
        }
        let bottom = top + height * Double(rows.count)
        canvas.rectangle(left, top, right - left, bottom - top, "ch-axis")
        // What is on the diagonal is right: a frame says so without colour.
        if rows == columns {
            for index in rows.indices {
                let (x, y) = (left + width * Double(index), top + height * Double(index))
                canvas.rectangle(x + 0.5, y + 0.5, width - 1, height - 1, "ch-outline")
            }
        }
        canvas.cursor = bottom + 10
        drawScale(on: &canvas)
        if rows.isEmpty { canvas.notes(["There are no values."]) }
    }

    /// Names above their columns: beside each other where all have room, else upright.
    private func drawColumnNames(from left: Double, _ width: Double, on canvas: inout Canvas) {
        let style = TextStyle.label
        let wrapped = columns.map { TextFit.wrapped($0, to: width - 4, lines: 2) }
        // Nothing is left out, and no word is broken.
        let isWhole = zip(columns, wrapped).allSatisfy { name, lines in
            lines.joined().filter { $0 != " " } == name.filter { $0 != " " }
                && lines.dropLast().allSatisfy { $0.hasSuffix("_") || name.contains("\($0) ") }
        }
        if isWhole {
            let lines = wrapped.map(\.count).max() ?? 0
            for (column, names) in wrapped.enumerated() {
                for (line, name) in names.enumerated() {
                    let y = canvas.cursor + Double(lines - names.count + line) * style.lineHeight + style.ascent
                    let place = Point(x: left + width * (Double(column) + 0.5), y: y)
                    canvas.text(PlacedText(text: name, place: place, anchor: .middle))
                }
            }
            canvas.cursor += Double(lines) * style.lineHeight + 2
        } else {
            let lines = width >= 2 * style.lineHeight ? 2 : 1
            let names = columns.map { TextFit.wrapped($0, to: lines == 2 ? 110 : 160, lines: lines) }
            let longest = (names.joined().map { TextMetrics.width($0) }.max() ?? 0).rounded(.up)
            // Where columns are narrower than a line of text, each so many have a name.
            let stride = max(1, Int((style.lineHeight / width).rounded(.up)))
            for (column, names) in names.enumerated() where column.isMultiple(of: stride) {
                for (line, name) in names.enumerated() {
                    let shift = (Double(line) - Double(names.count - 1) / 2) * style.lineHeight
                    let place = Point(x: left + width * (Double(column) + 0.5) + 4.5 + shift, y: canvas.cursor + longest)
                    canvas.text(PlacedText(text: name, place: place, isUpright: true))
                }
            }
            canvas.cursor += longest + 6
        }
    }

    /// What the colours mean.
    private func drawScale(on canvas: inout Canvas) {
        let style = TextStyle.label
        let (before, after) = ("0 %", "100 % of the row")
        let y = canvas.cursor + style.ascent + 2
        canvas.text(PlacedText(text: before, place: Point(x: Canvas.margin, y: y)), "ch-muted")
        var x = Canvas.margin + TextMetrics.width(before) + 6
        let cell = 9.0
        canvas.rectangle(x - 0.5, canvas.cursor + 0.5, cell * Double(Palette.heatSteps) + 1, 13, "ch-grid")
        for step in 0..<Palette.heatSteps {
            canvas.rectangle(x, canvas.cursor + 1, cell, 12, "ch-h\(step)")
            x += cell
        }
        canvas.text(PlacedText(text: after, place: Point(x: x + 6, y: y)), "ch-muted")
        canvas.cursor += style.lineHeight
    }

    public var table: ChartTable {
        let corner = [rowTitle, columnTitle].filter { !$0.isEmpty }.joined(separator: " / ")
        return ChartTable(
            header: [corner] + columns, rows: zip(rows, counts).map { [$0] + $1.map(NumberText.grouped) })
    }
}
