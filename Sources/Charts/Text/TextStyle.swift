/// How large and how heavy a text is.
struct TextStyle: Equatable {
    let size: Double
    let isBold: Bool

    /// A chart's title.
    static let title = TextStyle(size: 16, isBold: true)
    /// Everything else. On a telephone of 375 pixels a drawing of 360 units is made a twentieth smaller, and this is still read.
    static let label = TextStyle(size: 13, isBold: false)
    /// What names a group of labels.
    static let strong = TextStyle(size: 13, isBold: true)

    /// From one line to the next.
    var lineHeight: Double { (size * 1.35).rounded() }
    /// How far letters reach above the line that they stand on.
    var ascent: Double { size * 0.8 }
    /// How far they reach below it.
    var descent: Double { size * 0.22 }
}
