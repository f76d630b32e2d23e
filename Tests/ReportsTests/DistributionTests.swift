import Testing

@testable import Reports

@Suite struct DistributionTests {
    /// NumPy: percentile([1, 2, 3, 4, 10], [0, 25, 50, 95, 100]) and mean.
    @Test func knownValues() throws {
        let spread = try Distribution([10, 2, 1, 4, 3], of: "x")
        for (share, value) in [(0, 1), (0.25, 2), (0.5, 3), (0.95, 8.8), (1, 10)] {
            #expect(abs(spread.quantiles[share] - value) < 1e-12, "\(share)")
        }
        #expect(spread.mean == 4)
        #expect(try Distribution([7], of: "x").quantiles[0.5] == 7)
    }

    /// SciPy: t.ppf(0.975, n - 1) std(ddof=1) / sqrt(n) of three means and of the numbers 1 to 15.
    @Test func intervalsOfMeans() {
        #expect(abs((Distribution.confidence(ofMeans: [187.4, 190.6, 194.4]) ?? 0) - 8.704) < 2e-3)
        #expect(abs((Distribution.confidence(ofMeans: (1...15).map(Double.init)) ?? 0) - 2.4766) < 0.03)
        #expect(Distribution.confidence(ofMeans: [3]) == nil)
    }
}
