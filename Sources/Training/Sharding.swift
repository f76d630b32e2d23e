/// How rows are dealt to lanes, whatever the number of threads.
///
/// Each lane has gradients of its own, which are added in the lanes' order: so the same seed gives the same bits on 1, 2 or 4 cores.
/// How many lanes there may be is the recipe's to say (`Recipe.maximumLanes`), since it decides the bits.
public enum Sharding {
    /// The most lanes of a batch unless a recipe says otherwise: twelve divide evenly over 1, 2, 3, 4 and 6 threads.
    public static let standardLanes = 12

    /// The number of lanes that `rows` rows are dealt to.
    /// - Parameters:
    ///   - leastRows: Rows that a lane should have at least.
    ///   - maximum: The most lanes.
    public static func lanes(rows: Int, leastRows: Int = 1, maximum: Int) -> Int { min(rows, maximum, max(1, rows / leastRows)) }

    /// The most rows that a lane can have of a batch or of a shorter one at an epoch's end.
    public static func rowsPerLane(batch: Int, leastRows: Int = 1, maximum: Int) -> Int {
        let lanes = lanes(rows: batch, leastRows: leastRows, maximum: maximum)
        // Just below twice the least, a short batch has one lane.
        return max((batch + lanes - 1) / lanes, min(batch, 2 * leastRows - 1))
    }

    /// Part `index` of `parts` nearly equal parts of 0 ..< rows.
    public static func part(_ index: Int, of parts: Int, rows: Int) -> Range<Int> {
        rows * index / parts..<rows * (index + 1) / parts
    }
}
