/// Names and words of others, made fit to be drawn.
enum DisplayText {
    /// The most characters of a text that anything is made of.
    static let limit = 300
    /// The most marks on one letter: a thousand of them are drawn over everything that is near.
    private static let markLimit = 4

    /// A text on one line, all of which can be seen where it stands.
    ///
    /// Runs of spaces and line breaks are one space. What draws nothing, or moves what is beside it (control characters, marks of
    /// direction), is U+FFFD. What is longer than `limit` ends with an ellipsis.
    static func line(_ text: String) -> String { line(text, limit: limit) }

    /// The same with another limit.
    static func line(_ text: String, limit: Int) -> String {
        var (result, count, marks) = (String.UnicodeScalarView(), 0, 0)
        var isSpacePending = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                isSpacePending = count > 0
                continue
            }
            if isSpacePending {
                result.append(" ")
                (count, marks, isSpacePending) = (count + 1, 0, false)
            }
            guard count < limit else {
                result.append("…")
                break
            }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .spacingMark:
                marks += 1
                guard marks <= markLimit else { continue }
                result.append(scalar)
            // They join letters and pictures, and move nothing.
            case .format where scalar == "\u{200C}" || scalar == "\u{200D}":
                marks += 1
                guard marks <= markLimit else { continue }
                result.append(scalar)
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
                result.append("\u{FFFD}")
                (count, marks) = (count + 1, 0)
            default:
                result.append(scalar)
                (count, marks) = (count + 1, 0)
            }
        }
        return String(result)
    }
}
