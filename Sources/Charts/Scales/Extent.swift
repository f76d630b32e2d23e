/// The least and the greatest of values.
struct Extent {
    private var low = Double.infinity
    private var high = -Double.infinity

    /// Takes in a value.
    mutating func add(_ value: Double) {
        if value < low { low = value }
        if value > high { high = value }
    }

    /// From the least to the greatest; nil where there were none.
    var range: ClosedRange<Double>? { low <= high ? low...high : nil }
}
