/// What a run reports while it goes on.
public enum TrainingEvent: Sendable {
    /// A step has been taken.
    case batchEnded(BatchMetrics)
    /// An epoch has ended and, where it was due, been evaluated.
    case epochEnded(EpochMetrics)
}

/// What the caller wants after an event.
public enum TrainingControl: Sendable {
    case `continue`
    case stop(StopReason)
}

/// Why a run ended.
public enum StopReason: String, Equatable, Sendable {
    case finished
    /// No improvement for as many evaluations as the recipe's patience.
    case patience
    case targetAccuracy = "target-accuracy"
    case maximumTime = "max-time"
    case interrupted
    /// A value was not finite.
    case diverged

    /// Whether the run can be resumed from where it stopped.
    public var isResumable: Bool { self == .interrupted || self == .maximumTime }
}

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
