/// What a model scores on a set of rows.
public struct Evaluation: Equatable, Sendable {
    /// The mean cross-entropy, without smoothing or class weights.
    public let loss: Double
    public let confusion: ConfusionMatrix

    public init(loss: Double, confusion: ConfusionMatrix) {
        self.loss = loss
        self.confusion = confusion
    }

    public var accuracy: Double { confusion.accuracy }
    public var macroF1: Double { confusion.macroF1 }
    public var rows: Int { confusion.total }
}
