/// What becomes of a row of elements that is met one by one: a sum, a mean, an extreme.
protocol Reduction {
    associatedtype Outcome

    /// Takes the element at this position along the row.
    mutating func take(_ value: Float, at index: Int)

    /// The result, rounded to single precision only now.
    var outcome: Outcome { get }
}

/// Σ x in double precision; 0 of nothing.
struct SumReduction: Reduction {
    private var total = 0.0

    mutating func take(_ value: Float, at index: Int) { total += Double(value) }

    var outcome: Float { Float(total) }
}

/// Σ x / n in double precision; NaN of nothing.
struct MeanReduction: Reduction {
    private var total = 0.0
    private var count = 0.0

    mutating func take(_ value: Float, at index: Int) {
        total += Double(value)
        count += 1
    }

    var outcome: Float { Float(total / count) }
}

/// Σ (x - mean)² / (n - correction) in double precision and one pass (Welford 1962); NaN when nothing is left to divide by.
struct VarianceReduction: Reduction {
    let correction: Double
    private var count = 0.0
    private var mean = 0.0
    private var squares = 0.0

    init(correction: Int) { self.correction = Double(correction) }

    mutating func take(_ value: Float, at index: Int) {
        count += 1
        let distance = Double(value) - mean
        mean += distance / count
        squares += distance * (Double(value) - mean)
    }

    var outcome: Float { count > correction ? Float(squares / (count - correction)) : .nan }
}

/// The largest (or smallest) element and where it stands first; a NaN beats every number.
struct ExtremeReduction: Reduction {
    private let wantsLargest: Bool
    private var value: Float
    private var position = 0

    static let largest = ExtremeReduction(wantsLargest: true, value: -.infinity)
    static let smallest = ExtremeReduction(wantsLargest: false, value: .infinity)

    private init(wantsLargest: Bool, value: Float) {
        self.wantsLargest = wantsLargest
        self.value = value
    }

    mutating func take(_ candidate: Float, at index: Int) {
        let wins = wantsLargest ? candidate > value : candidate < value
        if wins || (candidate.isNaN && !value.isNaN) {
            value = candidate
            position = index
        }
    }

    var outcome: (value: Float, position: Int) { (value, position) }
}
