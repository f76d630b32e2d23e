import Testing

@testable import Reports

@Suite struct DistributionTests {
    /// NumPy: percentile([1, 2, 3, 4, 10], [0, 25, 50, 95, 100]), mean, and 1.96 std(ddof=1) / sqrt(5).
    @Test func knownValues() throws {
        let spread = try Distribution([10, 2, 1, 4, 3], of: "x")
        for (share, value) in [(0, 1), (0.25, 2), (0.5, 3), (0.95, 8.8), (1, 10)] {
            #expect(abs(spread.quantiles[share] - value) < 1e-12, "\(share)")
        }
        #expect(spread.mean == 4)
        #expect(abs(spread.confidence - 3.0990321) < 1e-6)
        let one = try Distribution([7], of: "x")
        #expect(one.quantiles[0.5] == 7 && one.confidence == 0)
    }
}
