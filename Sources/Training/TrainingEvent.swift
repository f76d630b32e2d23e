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

    /// Whether the run can be taken up again where it stopped.
    public var isResumable: Bool { self == .interrupted || self == .maximumTime }
}

/// The run in the middle of an epoch.
public struct BatchMetrics: Sendable {
    /// Epoch and batch just done, from 1.
    public let epoch: Int
    public let batch: Int
    public let batches: Int
    /// Means over the epoch so far, with dropout.
    public let loss: Double
    public let accuracy: Double
    public let trainingSeconds: Double
    /// Rows trained since the run, or its latest part, began, and the training time they took.
    public let rowsPerSecond: Double
}

/// An epoch.
public struct EpochMetrics: Equatable, Sendable {
    /// From 1.
    public let epoch: Int
    public let learningRate: Double
    /// Means over the epoch's batches, with dropout and before each step.
    public let trainingLoss: Double
    public let trainingAccuracy: Double
    /// The scores on the validation rows, where they were due.
    public let validation: Evaluation?
    /// Whether they are the best so far.
    public let isBest: Bool
    /// Seconds of the whole run, in training steps and in evaluations.
    public let trainingSeconds: Double
    public let evaluationSeconds: Double
    public let rowsPerSecond: Double
}
