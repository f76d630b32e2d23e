/// How often each class was taken for which: rows are true classes, columns predictions.
public struct ConfusionMatrix: Equatable, Sendable {
    /// The number of classes.
    public let classes: Int
    private var counts: [Int]

    /// A matrix of zeros.
    public init(classes: Int) {
        self.classes = classes
        counts = Array(repeating: 0, count: classes * classes)
    }

    /// A matrix of these counts, a row for each true class.
    /// - Precondition: As many rows as columns.
    public init(rows: [[Int]]) {
        classes = rows.count
        counts = rows.flatMap(\.self)
        precondition(counts.count == classes * classes, "\(rows.count) rows of a confusion matrix with \(counts.count) counts")
    }

    /// How many rows of a class were predicted as another, or the same.
    public subscript(truth truth: Int, predicted predicted: Int) -> Int { counts[truth * classes + predicted] }

    /// Counts one row.
    public mutating func add(truth: Int, predicted: Int) {
        counts[truth * classes + predicted] += 1
    }

    /// Adds the counts of another matrix.
    public mutating func add(_ other: ConfusionMatrix) {
        for i in counts.indices { counts[i] += other.counts[i] }
    }

    /// Sets all counts to zero, keeping the memory.
    public mutating func reset() {
        for i in counts.indices { counts[i] = 0 }
    }

    /// The counts, a row for each true class.
    public var rows: [[Int]] { (0..<classes).map { truth in Array(counts[truth * classes..<(truth + 1) * classes]) } }

    /// All rows counted.
    public var total: Int { counts.reduce(0, +) }

    /// Rows predicted as what they are.
    public var correct: Int { (0..<classes).reduce(0) { $0 + self[truth: $1, predicted: $1] } }

    /// The share of correct predictions; 0 when nothing was counted.
    public var accuracy: Double { total == 0 ? 0 : Double(correct) / Double(total) }

    /// How many rows have this class.
    public func support(_ label: Int) -> Int { (0..<classes).reduce(0) { $0 + self[truth: label, predicted: $1] } }

    /// How many rows were predicted as this class.
    public func predictions(_ label: Int) -> Int { (0..<classes).reduce(0) { $0 + self[truth: $1, predicted: label] } }

    /// Of the rows predicted as the class, the share that is; 0 when there is none (as scikit-learn).
    public func precision(_ label: Int) -> Double {
        ratio(self[truth: label, predicted: label], predictions(label))
    }

    /// Of the class's rows, the share that was found; 0 when there is none.
    public func recall(_ label: Int) -> Double { ratio(self[truth: label, predicted: label], support(label)) }

    /// The harmonic mean of precision and recall.
    public func f1(_ label: Int) -> Double {
        let (p, r) = (precision(label), recall(label))
        return p + r == 0 ? 0 : 2 * p * r / (p + r)
    }

    /// Whether rows have this class, or were predicted as it: a class that occurs nowhere has no scores.
    public func occurs(_ label: Int) -> Bool { support(label) + predictions(label) > 0 }

    /// The mean of the F1 of all classes that occur, each counting the same (as scikit-learn); 0 when nothing was counted.
    public var macroF1: Double {
        let present = (0..<classes).filter(occurs)
        return present.isEmpty ? 0 : present.reduce(0) { $0 + f1($1) } / Double(present.count)
    }

    private func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
