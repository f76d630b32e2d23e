/// Makes few points of many that look the same: of all that are drawn in one column of a drawing, one unit wide, the first, the lowest,
/// the highest and the last are kept, so no extreme is lost.
struct LineReduction {
    /// The lines that are kept, apart where values are missing.
    private(set) var lines: [[Point]] = []
    private var line: [Point] = []
    private var column = Int.min
    /// First, lowest, highest and last of the column, each with its number among the points.
    private var kept: (first: (Int, Point), low: (Int, Point), high: (Int, Point), last: (Int, Point))?
    private var count = 0

    /// Adds the next point.
    mutating func add(_ point: Point) {
        let own = Int(point.x.rounded(.down))
        let numbered = (count, point)
        count += 1
        guard own == column, var kept else {
            flush()
            column = own
            kept = (numbered, numbered, numbered, numbered)
            return
        }
        if point.y < kept.low.1.y { kept.low = numbered }
        if point.y > kept.high.1.y { kept.high = numbered }
        kept.last = numbered
        self.kept = kept
    }

    /// Ends the line: what comes next is not joined to what was.
    mutating func interrupt() {
        flush()
        if !line.isEmpty { lines.append(line) }
        line = []
        column = .min
    }

    private mutating func flush() {
        guard let kept else { return }
        let (first, second) = kept.low.0 < kept.high.0 ? (kept.low, kept.high) : (kept.high, kept.low)
        var previous = -1
        for (number, point) in [kept.first, first, second, kept.last] where number > previous {
            line.append(point)
            previous = number
        }
        self.kept = nil
    }
}
