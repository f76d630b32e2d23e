import Kernels
import Oracles
import Testing

@Suite struct DropoutTests {
    /// Comparisons of whole numbers: exact, up to the rounding of 1 / (1 - rate).
    @Test(arguments: [0, 1, 2, 3, 16, 17, 1001], KernelSet.available) func mask(count: Int, kernels: KernelSet) {
        for rate: Float in [0, 0.1, 0.5, 0.75, 0.999] {
            for first in [0, 12_345, UInt64.max - 2] {
                let mask = written(count) {
                    fillDropoutMask(&$0, count: count, rate: rate, key: 99, firstCounter: first, kernels: kernels)
                }
                let expected = fillDropoutMaskReference(count: count, rate: Double(rate), key: 99, firstCounter: first)
                #expect(mask.map { $0 == 0 } == expected.map { $0 == 0 })
                #expect(normalizedError(mask, expected) < 1e-13)
            }
        }
    }

    /// What stands beside the range stays.
    @Test(arguments: KernelSet.available) func keepsToItsRange(kernels: KernelSet) {
        let mask = changed([Float](repeating: 9, count: 7)) {
            fillDropoutMask(&$0, from: 2, count: 3, rate: 0.5, key: 1, firstCounter: 0, kernels: kernels)
        }
        #expect(mask[..<2] == [9, 9] && mask[5...] == [9, 9])
        #expect(mask[2..<5].allSatisfy { $0 == 0 || $0 == 2 })
    }

    /// Five standard deviations of a binomial share over 200,000 draws.
    @Test(arguments: [Float(0.1), 0.5, 0.9]) func shareAndMean(rate: Float) {
        let count = 200_000
        let mask = written(count) { fillDropoutMask(&$0, count: count, rate: rate, key: 5, firstCounter: 7) }
        let dropped = Double(mask.count { $0 == 0 }) / Double(count)
        let deviation = (Double(rate) * Double(1 - rate) / Double(count)).squareRoot()
        #expect(abs(dropped - Double(rate)) < 5 * deviation)
        #expect(abs(doubles(mask).reduce(0, +) / Double(count) - 1) < 5 * deviation / Double(1 - rate))
    }
}
