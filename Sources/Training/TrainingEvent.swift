/// What a run reports while it goes on.
public enum TrainingEvent: Sendable {
    /// A step has been taken.
    case batchEnded(BatchMetrics)
    /// An epoch has ended and, where it was due, been evaluated.
    case epochEnded(EpochMetrics)
}
