extension Scale {
    /// The ticks of an axis from left to right whose labels have room beside each other, and where the labels' middles are.
    func ticksThatFit(from left: Double, to right: Double, on canvas: Canvas) -> [(tick: Tick, x: Double, label: PlacedText)] {
        func placed(_ ticks: [Tick]) -> [(tick: Tick, x: Double, label: PlacedText)] {
            ticks.map { tick in
                let x = left + (right - left) * share(tick.value)
                let half = TextMetrics.width(tick.label) / 2
                // A label at the end of the axis does not leave the drawing.
                let middle = max(min(x, canvas.width - 2 - half), 2 + half)
                return (tick, x, PlacedText(text: tick.label, place: Point(x: middle, y: 0), anchor: .middle))
            }
        }
        func haveRoom(_ labels: [(tick: Tick, x: Double, label: PlacedText)]) -> Bool {
            zip(labels, labels.dropFirst()).allSatisfy { $0.label.box.right + 10 <= $1.label.box.left }
        }
        var count = max(2, Int((right - left) / 56))
        while count > 2 {
            let labels = placed(ticks(count))
            if haveRoom(labels) { return labels }
            count -= 1
        }
        // As many as have room, from the first on.
        return placed(ticks(2)).reduce(into: []) { kept, label in
            if haveRoom(kept.suffix(1) + [label]) { kept.append(label) }
        }
    }

    /// The ticks of an upright axis whose labels have room above each other.
    func ticksThatFit(height: Double) -> [Tick] {
        var count = max(2, Int(height / 34))
        func haveRoom(_ ticks: [Tick]) -> Bool {
            zip(ticks, ticks.dropFirst()).allSatisfy {
                (share($1.value) - share($0.value)) * height >= TextStyle.label.lineHeight
            }
        }
        while count > 2, !haveRoom(ticks(count)) { count -= 1 }
        return ticks(count).reduce(into: []) { kept, tick in
            if haveRoom(kept.suffix(1) + [tick]) { kept.append(tick) }
        }
    }

    /// Draws lines up from the ticks of a horizontal axis, its labels and its name beneath, and leaves the cursor below them.
    /// - Parameter isGridded: Whether the lines reach to the top of the plot.
    func drawBeneath(_ box: TextBox, named name: String, isGridded: Bool, on canvas: inout Canvas) {
        let ticks = ticksThatFit(from: box.left, to: box.right, on: canvas)
        for tick in ticks {
            let top = isGridded ? box.top : box.bottom
            canvas.line(Point(x: tick.x, y: top), Point(x: tick.x, y: box.bottom + 4), isGridded ? "ch-grid" : "ch-axis")
        }
        // Below the label of an upright axis that stands beside the corner.
        canvas.cursor = box.bottom + 8
        for tick in ticks {
            var label = tick.label
            label = PlacedText(
                text: label.text, place: Point(x: label.place.x, y: canvas.cursor + label.style.ascent), anchor: .middle)
            canvas.text(label, "ch-muted")
        }
        if !ticks.isEmpty { canvas.cursor += TextStyle.label.lineHeight }
        let words = kind == .logarithmic && !name.isEmpty ? name + ", logarithmic scale" : name
        let lines = TextFit.wrapped(words, to: canvas.innerWidth, lines: 2)
        for line in lines {
            canvas.cursor += 1
            let half = TextMetrics.width(line) / 2
            let middle = max(min((box.left + box.right) / 2, canvas.right - half), Canvas.margin + half)
            let place = Point(x: middle, y: canvas.cursor + TextStyle.label.ascent)
            canvas.text(PlacedText(text: line, place: place, anchor: .middle), "ch-muted")
            canvas.cursor += TextStyle.label.lineHeight
        }
    }
}
