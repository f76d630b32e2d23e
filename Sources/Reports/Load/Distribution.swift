import Glibc

/// Values in their order, and what they are in the middle and at the edges.
struct Distribution {
    /// The values, the least first.
    let sorted: [Double]
    let mean: Double
    /// Half the width of the interval in which the mean lies with a probability of 95 %, by the normal distribution; 0 for one value.
    let confidence: Double

    /// - Precondition: There is a value.
    init(_ values: [Double]) {
        precondition(!values.isEmpty, "no values have no distribution")
        sorted = values.sorted()
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        confidence = values.count < 2 ? 0 : 1.96 * (squares / (count - 1) / count).squareRoot()
    }

    /// The value that a share of all does not exceed, between two of them in proportion (as NumPy's `percentile`).
    /// - Parameter share: 0 to 1.
    func quantile(_ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}
