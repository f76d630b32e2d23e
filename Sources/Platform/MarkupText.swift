/// Text in pages and pictures, whatever is in it.
public enum MarkupText {
    /// A text as it may stand between two tags, or between the quotes of an attribute, of XML and of HTML.
    ///
    /// Characters that XML has no way to write are replaced by U+FFFD.
    public static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case _ where isAllowed(scalar): result.unicodeScalars.append(scalar)
            default: result += "\u{FFFD}"
            }
        }
        return result
    }

    /// Whether XML 1.0 can write a character, and HTML does not warn of it.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD: true
        case 0..<0x20, 0x7F..<0xA0: false
        default: scalar.value & 0xFFFE != 0xFFFE
        }
    }
}
