/// What a model scores on a set of rows.
public struct Evaluation: Equatable, Sendable {
    /// The mean cross-entropy, without smoothing or class weights.
    public let loss: Double
    /// Who was taken for whom.
    public let confusion: ConfusionMatrix
    /// How often predictions of a confidence are right; nil where only the counts are known.
    public let calibration: Calibration?
    /// The scores of each group, such as a volunteer; empty where the data has no groups.
    public let groups: GroupAccuracy

    /// The scores that follow from a loss, a confusion matrix and the counts of confidences and groups.
    public init(
        loss: Double, confusion: ConfusionMatrix, calibration: Calibration? = nil, groups: GroupAccuracy = GroupAccuracy()
    ) {
        self.loss = loss
        self.confusion = confusion
        self.calibration = calibration
        self.groups = groups
    }

    /// The scores on these rows and others together.
    public func joined(with other: Evaluation) -> Evaluation {
        var sum = confusion
        sum.add(other.confusion)
        let rows = Double(max(1, sum.total))
        var known = calibration
        if let more = other.calibration { known?.add(more) } else { known = nil }
        var groups = groups
        groups.add(other.groups)
        return Evaluation(
            loss: (loss * Double(confusion.total) + other.loss * Double(other.confusion.total)) / rows, confusion: sum,
            calibration: known, groups: groups)
    }

    /// The share of rows whose largest output is the label's.
    public var accuracy: Double { confusion.accuracy }
    /// The mean of the classes' F1.
    public var macroF1: Double { confusion.macroF1 }
    /// The rows that were scored.
    public var rows: Int { confusion.total }
}
