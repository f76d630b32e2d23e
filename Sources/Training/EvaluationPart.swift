/// What a part of the rows adds up to, kept apart so that parts are added in their order, whoever evaluated them.
final class EvaluationPart {
    private(set) var loss = 0.0
    private(set) var confusion: ConfusionMatrix
    private(set) var calibration = Calibration()
    private(set) var groups = GroupAccuracy()

    init(classes: Int) {
        confusion = ConfusionMatrix(classes: classes)
    }

    /// Begins anew.
    func reset() {
        loss = 0
        confusion.reset()
        calibration.reset()
        groups.reset()
    }

    /// Adds the loss of a pass.
    func add(loss: Double) { self.loss += loss }

    /// Counts a row.
    /// - Parameters:
    ///   - confidence: The probability of the predicted class.
    ///   - group: What the row belongs to, or nil where the data has no groups.
    func add(truth: Int, predicted: Int, confidence: Double, group: Int32?) {
        confusion.add(truth: truth, predicted: predicted)
        calibration.add(confidence: confidence, isCorrect: truth == predicted)
        if let group { groups.add(group: group, correct: truth == predicted ? 1 : 0) }
    }
}
