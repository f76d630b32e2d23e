/// The windows of each group, and how many of them were classified as what they are: a mean over all hides the volunteer for whom a model
/// does not work.
public struct GroupAccuracy: Equatable, Sendable {
    /// The windows of one group.
    public struct Score: Equatable, Sendable {
        /// How many were scored.
        public internal(set) var rows = 0
        /// How many of them were predicted as what they are.
        public internal(set) var correct = 0

        fileprivate mutating func add(rows: Int, correct: Int) {
            self.rows += rows
            self.correct += correct
        }

        /// The share of right predictions.
        public var accuracy: Double { rows == 0 ? 0 : Double(correct) / Double(rows) }
    }

    private var scores: [Int32: Score] = [:]

    /// The scores of no groups.
    public init() {}

    /// Each group with its score, in the order of the groups' numbers.
    public var groups: [(group: Int, score: Score)] {
        scores.sorted { $0.key < $1.key }.map { (Int($0.key), $0.value) }
    }

    /// Counts windows of a group.
    mutating func add(group: Int32, rows: Int = 1, correct: Int) {
        scores[group, default: Score()].add(rows: rows, correct: correct)
    }

    /// Counts the windows of another.
    mutating func add(_ other: GroupAccuracy) {
        for (group, score) in other.scores { add(group: group, rows: score.rows, correct: score.correct) }
    }

    /// Counts nothing any more, keeping the memory.
    mutating func reset() { scores.removeAll(keepingCapacity: true) }
}
