/// The colours of charts on light or on dark paper.
///
/// The colours of series are Okabe's and Ito's, moved until those who see red, green or blue less tell them apart on either paper and
/// each stands out from it.
struct Palette {
    let paper: Colour
    /// Text.
    let ink: Colour
    /// Text of less weight, and lines that are no data.
    let muted: Colour
    /// Lines to compare heights by.
    let grid: Colour
    /// The first of them are the most different.
    let series: [Colour]
    /// A cell of a heat map that holds all of its row.
    private let heat: Colour

    static let light = Palette(
        paper: Colour(0xFFFFFF), ink: Colour(0x1F2328), muted: Colour(0x59636E), grid: Colour(0xE1E5EA),
        series: [0x1858BD, 0xC42600, 0x1BA378, 0xAD72CD, 0xD37A00, 0x3F456B, 0x85585B].map(Colour.init), heat: Colour(0x0B3D91))
    static let dark = Palette(
        paper: Colour(0x0D1117), ink: Colour(0xE6EDF3), muted: Colour(0x9AA4AF), grid: Colour(0x2A313A),
        series: [0x1E71DB, 0xDB3505, 0x00E3AE, 0xCA7BA6, 0xEBB42C, 0x5BA6ED, 0x886E69].map(Colour.init), heat: Colour(0x9ECBFF))

    /// How many colours there are for series.
    static let count = light.series.count
    /// A series' number in the style sheet, from 1: with more series than colours these come again.
    static func number(_ index: Int) -> Int { (index % count + count) % count + 1 }

    /// How many steps the colours of a heat map have, from nothing to all.
    static let heatSteps = 11

    /// The colours of a heat map's cells, and for each what is best read on it.
    var heatColours: [(cell: Colour, text: Colour)] {
        (0..<Palette.heatSteps).map { step in
            // What is more than nothing differs from it to the eye.
            let share = step == 0 ? 0 : 0.08 + 0.92 * Double(step) / Double(Palette.heatSteps - 1)
            let cell = paper.mixed(with: heat, share)
            let (black, white) = (Colour(0x000000), Colour(0xFFFFFF))
            return (cell, cell.contrast(to: black) >= cell.contrast(to: white) ? black : white)
        }
    }
}
