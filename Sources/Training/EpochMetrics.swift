/// An epoch.
public struct EpochMetrics: Equatable, Sendable {
    /// From 1.
    public let epoch: Int
    /// The learning rate of the epoch's last step.
    public let learningRate: Double
    /// The mean loss over the epoch's batches, with dropout and before each step.
    public let trainingLoss: Double
    /// The share of right predictions, likewise.
    public let trainingAccuracy: Double
    /// The scores on the validation rows, where they were due.
    public let validation: Evaluation?
    /// Whether they are the best so far.
    public let isBest: Bool
    /// Seconds of the whole run in training steps.
    public let trainingSeconds: Double
    /// Seconds of the whole run in evaluations.
    public let evaluationSeconds: Double
    /// Rows trained in a second of training steps, since the run was begun or resumed.
    public let rowsPerSecond: Double
}
