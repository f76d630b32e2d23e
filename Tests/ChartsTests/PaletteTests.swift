import Testing

@testable import Charts

@Suite struct PaletteTests {
    private static let both = [Palette.light, .dark]

    @Test func everythingStandsOutFromThePaper() {
        for palette in PaletteTests.both {
            #expect(palette.ink.contrast(to: palette.paper) >= 7)
            #expect(palette.muted.contrast(to: palette.paper) >= 4.5)
            // WCAG asks 3 of what is no text.
            for colour in palette.series { #expect(colour.contrast(to: palette.paper) >= 3, "\(colour.css)") }
        }
        #expect((Colour(0xFFFFFF).contrast(to: Colour(0)) * 100).rounded() == 2100)
    }

    @Test func countsAreReadOnEveryCell() {
        for palette in PaletteTests.both {
            let colours = palette.heatColours
            #expect(colours.count == Palette.heatSteps && colours[0].cell == palette.paper)
            for (cell, text) in colours { #expect(cell.contrast(to: text) >= 4.5, "\(cell.css)") }
            for (lower, higher) in zip(colours, colours.dropFirst()) {
                #expect(higher.cell.contrast(to: palette.paper) > lower.cell.contrast(to: palette.paper) + 0.05)
            }
        }
    }

    /// What is left of colours for those who see red, green or blue less: Machado, Oliveira and Fernandes, at full severity.
    private static let sights: [(name: String, rows: [[Double]])] = [
        ("all", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
        ("deuteranopia", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
        ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
    ]

    /// A colour's place in Oklab, where distances are those that the eye sees.
    private func place(_ light: [Double]) -> [Double] {
        func times(_ rows: [[Double]], _ values: [Double]) -> [Double] {
            rows.map { zip($0, values).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        func root(_ value: Double) -> Double {
            var root = value > 0 ? 1.0 : 0
            for _ in 0..<60 where root > 0 { root -= (root - value / (root * root)) / 3 }
            return root
        }
        let cones = times(
            [
                [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ], light)
        return times(
            [
                [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ], cones.map(root))
    }

    @Test func coloursAreToldApartByAll() {
        for palette in PaletteTests.both {
            for sight in PaletteTests.sights {
                let places = palette.series.map { colour in
                    place(sight.rows.map { row in min(max(zip(row, colour.light).reduce(0) { $0 + $1.0 * $1.1 }, 0), 1) })
                }
                for first in places.indices {
                    for second in places.indices.dropFirst(first + 1) {
                        let square = zip(places[first], places[second]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                        #expect(square >= 0.1 * 0.1, "\(sight.name): \(first + 1) and \(second + 1), \(square)")
                    }
                }
            }
        }
    }

    @Test func colourNumbersComeAgain() {
        #expect([0, 6, 7, -1, Int.max, Int.min].map(Palette.number).allSatisfy { (1...Palette.count).contains($0) })
        #expect(Palette.number(0) == 1 && Palette.number(7) == 1 && Palette.number(-1) == 7)
    }
}
