/// The part of a drawing that a text covers.
struct TextBox: Equatable {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double

    /// Whether two boxes share a part.
    func overlaps(_ other: TextBox) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    /// Whether a straight line from one place to another goes through it.
    func isCrossed(from start: Point, to end: Point) -> Bool {
        // The part of the line that is within both pairs of sides: from one share of its length to another.
        var (first, last) = (0.0, 1.0)
        for (from, to, low, high) in [(start.x, end.x, left, right), (start.y, end.y, top, bottom)] {
            guard to != from else {
                if from < low || from > high { return false }
                continue
            }
            let (a, b) = ((low - from) / (to - from), (high - from) / (to - from))
            (first, last) = (max(first, min(a, b)), min(last, max(a, b)))
        }
        return first <= last
    }

    /// Whether the whole of another is in this.
    func holds(_ other: TextBox) -> Bool {
        left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
    }
}
