import Kernels
import Testing

@Suite struct DropoutTests {
    /// A word of well-mixed bits for each counter, as the layers' own generator gives.
    private static func word(_ counter: UInt64) -> UInt64 {
        var random = TestRandom(counter)
        return random.word()
    }

    /// Comparisons of whole numbers: exact, up to the rounding of 1 / (1 - rate).
    @Test(arguments: [0, 1, 2, 3, 16, 17, 1001], [Float(0), 0.1, 0.5, 0.75, 0.999]) func mask(count: Int, rate: Float) {
        let places: [UInt64] = [0, 12_345, UInt64.max - 2]
        for first in places {
            let mask = written(count) { fillDropoutMask(&$0, 0..<count, rate: rate, firstCounter: first, word: Self.word) }
            let expected = fillDropoutMaskReference(count: count, rate: Double(rate), firstCounter: first, word: Self.word)
            #expect(mask.map { $0 == 0 } == expected.map { $0 == 0 })
            #expect(normalizedError(mask, expected) < 1e-13)
        }
    }

    /// What stands beside the range stays.
    @Test func keepsToItsRange() {
        let mask = written(7) { span in
            for i in span.indices { span[i] = 9 }
            fillDropoutMask(&span, 2..<5, rate: 0.5, firstCounter: 0) { _ in .max }
        }
        #expect(mask == [9, 9, 2, 2, 2, 9, 9])
    }

    @Test func edgesOfTheRates() {
        let (all, none) = (UInt64.max, UInt64(0))
        #expect(written(3) { fillDropoutMask(&$0, 0..<3, rate: 0, firstCounter: 0) { _ in none } } == [1, 1, 1])
        #expect(written(3) { fillDropoutMask(&$0, 0..<3, rate: 0.5, firstCounter: 0) { _ in none } } == [0, 0, 0])
        #expect(written(3) { fillDropoutMask(&$0, 0..<3, rate: 0.5, firstCounter: 0) { _ in all } } == [2, 2, 2])
        // Exactly half of the range is dropped: 0x7FFF_FFFF is the last of it.
        let border: UInt64 = 0x8000_0000_7FFF_FFFF
        #expect(written(2) { fillDropoutMask(&$0, 0..<2, rate: 0.5, firstCounter: 0) { _ in border } } == [0, 2])
    }

    /// Five standard deviations of a binomial share over 200,000 draws.
    @Test(arguments: [Float(0.1), 0.5, 0.9]) func shareAndMean(rate: Float) {
        let count = 200_000
        let mask = written(count) { fillDropoutMask(&$0, 0..<count, rate: rate, firstCounter: 7, word: Self.word) }
        let dropped = Double(mask.count { $0 == 0 }) / Double(count)
        let deviation = (Double(rate) * Double(1 - rate) / Double(count)).squareRoot()
        #expect(abs(dropped - Double(rate)) < 5 * deviation)
        #expect(abs(doubles(mask).reduce(0, +) / Double(count) - 1) < 5 * deviation / Double(1 - rate))
    }
}
