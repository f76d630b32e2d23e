/// Values in order, of which shares lie below others.
public struct Quantiles: Sendable, Equatable {
    private let sorted: [Double]

    /// The values, in any order.
    /// - Throws: A `ChartError` that begins with `name` where there is no value, or one that is not finite.
    public init(_ samples: [Double], of name: String) throws(ChartError) {
        guard !samples.isEmpty else { throw ChartError("\(name): at least one value is needed, found none") }
        for value in samples where value.magnitude > 1e300 || value.isNaN {
            throw ChartError("\(name): its values must be finite, found \(value)")
        }
        sorted = samples.sorted()
    }

    /// How many there are.
    public var count: Int { sorted.count }

    /// The value below which a share of all lies: between two of them where it falls between them, as R and NumPy have it.
    public subscript(share: Double) -> Double {
        let place = Double(sorted.count - 1) * min(max(share, 0), 1)
        let index = min(Int(place), sorted.count - 1)
        guard index + 1 < sorted.count else { return sorted[index] }
        return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
    }

    /// All of them, ascending.
    public var ascending: [Double] { sorted }
}
