import Platform

/// A line at the bottom of a terminal that is drawn again and again, as wide as there is room.
struct LiveLine {
    /// A piece of the line; the pieces of the lowest importance go first where the terminal is narrow.
    struct Part {
        let text: String
        let importance: Int
    }

    /// What the line is drawn in, as its columns and the terminal's were then; nil where there is none.
    private var drawn: (length: Int, width: Int)?

    /// Draws the line over the one before.
    mutating func draw(_ parts: [Part], style: Style) {
        // A line as wide as the terminal would wrap and stay.
        let width = max(20, (Terminal.width(.standardError) ?? 100) - 1)
        let line = LiveLine.fit(parts, width: width)
        var start = "\r"
        var rest = ""
        if let drawn {
            if drawn.width > width, drawn.length > width {
                // The terminal has become narrower and wrapped what stood there: back to its first row, and away with all of it.
                start = "\r\u{1B}[\((drawn.length - 1) / (width + 1))A\u{1B}[J"
            } else {
                // Spaces over the rest of the line before, so that no escape code is needed.
                rest = String(repeating: " ", count: max(0, min(drawn.length, width) - line.count))
            }
        }
        drawn = (line.count, width)
        Terminal.write(start + style.bold(line) + rest, to: .standardError)
    }

    /// Puts a line that stays in the place of the live one, which is drawn below it next.
    mutating func keep(_ text: String) {
        let rest = String(repeating: " ", count: max(0, (drawn?.length ?? 0) - text.count))
        Terminal.write("\r" + text + rest + "\n", to: .standardError)
        drawn = nil
    }

    /// Ends the line, so that what follows begins on its own.
    mutating func end() {
        guard drawn != nil else { return }
        Terminal.write("\n\n", to: .standardError)
        drawn = nil
    }

    /// The most important parts that fit, in their order.
    static func fit(_ parts: [Part], width: Int) -> String {
        var kept = parts
        func text() -> String { kept.map(\.text).joined(separator: "  ") }
        while kept.count > 1, text().count > width, let least = kept.map(\.importance).min() {
            kept.removeAll { $0.importance == least }
        }
        return String(text().prefix(width))
    }
}
