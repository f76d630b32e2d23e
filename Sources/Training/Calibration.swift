/// How often predictions of a confidence are right: a well calibrated model is right in 80 % of those that it gives 0.8.
///
/// The confidence is the largest probability of a row. Ten bins of equal width, as in Guo, Pleiss, Sun, Weinberger, "On Calibration of
/// Modern Neural Networks" (2017).
public struct Calibration: Equatable, Sendable {
    /// The predictions whose confidence lies in one tenth.
    public struct Bin: Equatable, Sendable {
        /// How many there are.
        public internal(set) var rows = 0
        /// How many of them are right.
        public internal(set) var correct = 0
        /// The sum of their confidences.
        var confidences = 0.0

        /// Their mean confidence; 0 where there is none.
        public var confidence: Double { rows == 0 ? 0 : confidences / Double(rows) }
        /// The share of them that is right; 0 where there is none.
        public var accuracy: Double { rows == 0 ? 0 : Double(correct) / Double(rows) }
    }

    /// The number of bins.
    public static let binCount = 10

    /// The bins, from the least confidence to the largest.
    public internal(set) var bins = Array(repeating: Bin(), count: binCount)

    /// The predictions of no rows.
    public init() {}

    /// Counts a prediction.
    /// - Parameter confidence: 0 to 1; what rounding has put beside them counts as the nearest, and NaN as 0.
    mutating func add(confidence: Double, isCorrect: Bool) {
        let confidence = confidence >= 0 ? min(confidence, 1) : 0
        let bin = min(Int(confidence * Double(Calibration.binCount)), Calibration.binCount - 1)
        bins[bin].rows += 1
        bins[bin].correct += isCorrect ? 1 : 0
        bins[bin].confidences += confidence
    }

    /// Counts the predictions of another.
    mutating func add(_ other: Calibration) {
        for index in bins.indices {
            bins[index].rows += other.bins[index].rows
            bins[index].correct += other.bins[index].correct
            bins[index].confidences += other.bins[index].confidences
        }
    }

    /// Counts nothing any more, keeping the memory.
    mutating func reset() {
        for index in bins.indices { bins[index] = Bin() }
    }

    /// The rows that were counted.
    public var rows: Int { bins.reduce(0) { $0 + $1.rows } }

    /// The expected calibration error, sum_b n_b / n |accuracy_b - confidence_b|: 0 for a perfectly calibrated model, and where nothing was
    /// counted.
    public var expectedError: Double {
        let all = Double(max(1, rows))
        return bins.reduce(0) { $0 + Double($1.rows) / all * abs($1.accuracy - $1.confidence) }
    }
}
