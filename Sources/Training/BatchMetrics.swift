/// The run in the middle of an epoch.
public struct BatchMetrics: Sendable {
    /// The epoch under way, from 1.
    public let epoch: Int
    /// The batch just done, from 1.
    public let batch: Int
    /// The batches of an epoch.
    public let batches: Int
    /// The mean loss over the epoch so far, with dropout.
    public let loss: Double
    /// The share of right predictions over the epoch so far, with dropout.
    public let accuracy: Double
    /// Seconds of the whole run in training steps.
    public let trainingSeconds: Double
    /// Rows trained in a second of training steps, since the run was begun or resumed.
    public let rowsPerSecond: Double
}
