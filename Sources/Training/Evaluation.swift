/// What a model scores on a set of rows.
public struct Evaluation: Equatable, Sendable {
    /// The mean cross-entropy, without smoothing or class weights.
    public let loss: Double
    public let confusion: ConfusionMatrix

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

    public var accuracy: Double { confusion.accuracy }
    public var macroF1: Double { confusion.macroF1 }
    public var rows: Int { confusion.total }
}
