/// Text made to fit into a width: shortened, or broken into lines.
enum TextFit {
    /// Which part of a text that is too long is kept.
    enum Kept {
        case start
        /// Both ends, a little more of the end: what tells long names of one kind apart.
        case ends
    }

    /// A text that is no wider than `width`, with an ellipsis in place of what is left out; empty where not even that fits.
    static func shortened(_ text: String, to width: Double, _ style: TextStyle = .label, keeping kept: Kept = .start) -> String {
        guard TextMetrics.width(text, style) > width else { return text }
        let characters = Array(text)
        // The most characters that fit, found by halving.
        var (fits, fails) = (-1, characters.count)
        while fails - fits > 1 {
            let middle = (fits + fails) / 2
            if TextMetrics.width(cut(characters, to: middle, keeping: kept), style) <= width {
                fits = middle
            } else {
                fails = middle
            }
        }
        return fits < 0 ? "" : cut(characters, to: fits, keeping: kept)
    }

    private static func cut(_ characters: [Character], to count: Int, keeping kept: Kept) -> String {
        let start = kept == .start ? count : count * 2 / 5
        var first = characters.prefix(start)
        while first.last == " " { first.removeLast() }
        return String(first) + "…" + String(characters.suffix(count - start))
    }

    /// A text in lines that are no wider than `width`, at most `limit` of them; the last is shortened where there would be more.
    ///
    /// It is broken at spaces, else after `_`, `-`, `/`, `,` and `.`, else anywhere.
    static func wrapped(_ text: String, to width: Double, lines limit: Int, _ style: TextStyle = .label) -> [String] {
        var lines: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            guard lines.count + 1 < limit, TextMetrics.width(String(rest), style) > width else {
                lines.append(shortened(String(rest), to: width, style))
                break
            }
            let end = lineEnd(rest, width, style)
            // A character that is wider than a line by itself is left out.
            lines.append(shortened(String(rest[..<end].trimmed), to: width, style))
            rest = rest[end...].trimmed
        }
        return lines
    }

    /// Where the first line of a text ends that is wider than a line: behind at least one character.
    private static func lineEnd(_ text: Substring, _ width: Double, _ style: TextStyle) -> String.Index {
        var (afterSpace, afterSign, end): (String.Index?, String.Index?, String.Index) = (nil, nil, text.startIndex)
        var used = 0.0
        for index in text.indices {
            let character = text[index]
            used += TextMetrics.width(String(character), style)
            let next = text.index(after: index)
            // The space at which a line ends takes no room on it.
            if character == " " { afterSpace = next }
            if used > width { break }
            if "_-/,.".contains(character) { afterSign = next }
            end = next
        }
        return afterSpace ?? afterSign ?? (end > text.startIndex ? end : text.index(after: text.startIndex))
    }
}

extension Substring {
    /// Without the spaces at both ends.
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
