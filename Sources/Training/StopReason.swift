/// Why training stopped.
public enum StopReason: String, Equatable, Sendable {
    /// All epochs are done.
    case finished
    /// No improvement for as many evaluations as the recipe's patience.
    case patience
    /// The recipe's target accuracy was reached.
    case targetAccuracy = "target-accuracy"
    /// The caller wanted it; training can be taken up again.
    case stopped
}
