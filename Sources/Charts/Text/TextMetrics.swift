/// How wide a text is in a sans-serif typeface.
///
/// What draws the text chooses the typeface. So that none makes texts overlap, these are the widths of one of the widest that browsers
/// choose for `system-ui` and `sans-serif` (DejaVu Sans), and all others are guessed generously.
enum TextMetrics {
    /// The width of a text.
    static func width(_ text: String, _ style: TextStyle = .label) -> Double {
        var hundredths = 0
        for scalar in text.unicodeScalars { hundredths += advance(scalar, isBold: style.isBold) }
        return Double(hundredths) * style.size / 100
    }

    /// A character's width in hundredths of the text's size.
    private static func advance(_ scalar: Unicode.Scalar, isBold: Bool) -> Int {
        if scalar.value >= 0x20, scalar.value < 0x7F {
            return (isBold ? boldWidths : widths)[Int(scalar.value) - 0x20]
        }
        let regular =
            switch scalar.properties.generalCategory {
            // U+FE0F after a character asks for its picture, which is wider than a letter.
            case .nonspacingMark, .enclosingMark: scalar == "\u{FE0F}" ? 60 : 0
            case .format: 0
            default: regularWidth(scalar)
            }
        return isBold ? regular * 115 / 100 : regular
    }

    private static func regularWidth(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        // A middle dot, dashes and quotation marks.
        case 0xB7: 32
        case 0x2010...0x2013, 0x2018...0x201E: 64
        // The letters of Europe and of the Near East; Cyrillic has the widest.
        case 0xA0...0x24F, 0x370...0x3FF: scalar.properties.isLowercase ? 72 : 90
        case 0x400...0x52F: scalar.properties.isLowercase ? 90 : 110
        case 0x590...0x6FF: 90
        case 0x2190...0x22FF: 90
        // Emoji.
        case 0x1F000...0x1FAFF: 140
        default: 120
        }
    }

    /// From space to tilde.
    private static let widths = [
        32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64,
        58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69,
        62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58,
        28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
    ]

    private static let boldWidths = [
        35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70,
        70, 70, 70, 70, 70, 70, 70, 40, 40, 84, 84, 84, 59, 100, 78, 77, 74, 84, 69,
        69, 83, 84, 38, 38, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111, 78,
        73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67,
        35, 105, 72, 69, 72, 72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
    ]
}
