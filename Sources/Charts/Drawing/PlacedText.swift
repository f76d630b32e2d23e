/// A text on a drawing.
struct PlacedText: Equatable {
    /// Which part of a text stands at its x.
    enum Anchor: String {
        // The drawing leaves out what is the default.
        case start = ""
        case middle, end
    }

    let text: String
    /// Where its anchor stands on the line that letters stand on.
    let place: Point
    var anchor = Anchor.start
    var style = TextStyle.label
    /// Whether it runs upwards.
    var isUpright = false

    /// What it covers.
    var box: TextBox {
        let width = TextMetrics.width(text, style)
        let before: Double =
            switch anchor {
            case .start: 0
            case .middle: width / 2
            case .end: width
            }
        guard isUpright else {
            return TextBox(
                left: place.x - before, top: place.y - style.ascent, right: place.x - before + width,
                bottom: place.y + style.descent)
        }
        return TextBox(
            left: place.x - style.ascent, top: place.y + before - width, right: place.x + style.descent, bottom: place.y + before)
    }
}
