/// The names of what a chart shows, each beside its colour and sign.
struct Legend {
    /// What stands before a name.
    enum Sample {
        case line(colour: Int, Stroke, Symbol?)
        case area(colour: Int, Fill)
    }

    let entries: [(sample: Sample, name: String)]

    private static let sampleWidth = 30.0
    private static let gap = 16.0

    /// Draws it from the cursor downwards, in as many lines as it takes.
    func draw(on canvas: inout Canvas) {
        guard !entries.isEmpty else { return }
        let style = TextStyle.label
        var x = Canvas.margin
        for (index, entry) in entries.enumerated() {
            let name = TextFit.shortened(entry.name, to: canvas.innerWidth - Legend.sampleWidth - 6, keeping: .ends)
            let width = Legend.sampleWidth + 6 + TextMetrics.width(name)
            if index > 0, x + width > canvas.right {
                x = Canvas.margin
                canvas.cursor += style.lineHeight + 2
            }
            let middle = canvas.cursor + style.lineHeight / 2
            draw(entry.sample, on: &canvas, at: Point(x: x, y: middle))
            canvas.text(PlacedText(text: name, place: Point(x: x + Legend.sampleWidth + 6, y: middle + 4.5)))
            x += width + Legend.gap
        }
        canvas.cursor += style.lineHeight + 8
    }

    private func draw(_ sample: Sample, on canvas: inout Canvas, at place: Point) {
        switch sample {
        case .line(let colour, let stroke, let symbol):
            let end = Point(x: place.x + Legend.sampleWidth, y: place.y)
            canvas.line(place, end, "ch-line ch-s\(colour)" + stroke.classes + (colour == 0 ? " ch-thin" : ""))
            symbol?.draw(on: &canvas, at: Point(x: place.x + Legend.sampleWidth / 2, y: place.y), colour: colour)
        case .area(let colour, let fill):
            fill.draw(on: &canvas, place.x + 1, place.y - 6, Legend.sampleWidth - 2, 12, colour: colour, classes: "ch-sample")
        }
    }
}
