/// What a model scores on a set of rows.
public struct Evaluation: Equatable, Sendable {
    /// The mean cross-entropy, without smoothing or class weights.
    public let loss: Double
    /// Who was taken for whom.
    public let confusion: ConfusionMatrix

    /// The scores that follow from a loss and a confusion matrix.
    public init(loss: Double, confusion: ConfusionMatrix) {
        self.loss = loss
        self.confusion = confusion
    }

    /// The scores on these rows and others together.
    public func joined(with other: Evaluation) -> Evaluation {
        var sum = confusion
        sum.add(other.confusion)
        let rows = Double(max(1, sum.total))
        return Evaluation(
            loss: (loss * Double(confusion.total) + other.loss * Double(other.confusion.total)) / rows, confusion: sum)
    }

    /// The share of rows whose largest output is the label's.
    public var accuracy: Double { confusion.accuracy }
    /// The mean of the classes' F1.
    public var macroF1: Double { confusion.macroF1 }
    /// The rows that were scored.
    public var rows: Int { confusion.total }
}
