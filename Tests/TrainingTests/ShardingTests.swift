import Testing
import Training

@Suite struct ShardingTests {
    /// No lane has more rows than the model is bound to, and one has as many.
    @Test(arguments: [1, 2, 11, 12, 13, 24, 25, 600, 601], [1, 12, 64])
    func rowsPerLaneIsTheLargestPart(batch: Int, maximum: Int) {
        let lanes = Sharding.lanes(rows: batch, maximum: maximum)
        let rows = (0..<lanes).map { Sharding.part($0, of: lanes, rows: batch).count }
        #expect(lanes == min(batch, maximum))
        #expect(rows.reduce(0, +) == batch)
        #expect(rows.max() == Sharding.rowsPerLane(batch: batch, maximum: maximum))
    }
}
