/// What a part of the rows adds up to, kept apart so that parts are added in their order, whoever evaluated them.
final class EvaluationPart {
    private(set) var loss = 0.0
    private(set) var confusion: ConfusionMatrix

    init(classes: Int) {
        confusion = ConfusionMatrix(classes: classes)
    }

    /// Begins anew.
    func reset() {
        loss = 0
        confusion.reset()
    }

    /// Adds the loss of a pass.
    func add(loss: Double) { self.loss += loss }

    /// Counts a row.
    func add(truth: Int, predicted: Int) { confusion.add(truth: truth, predicted: predicted) }
}
