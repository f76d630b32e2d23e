import Training

/// Why a run ended.
public enum RunEnd: String, CaseIterable, Equatable, Sendable {
    case finished
    /// No improvement for as many evaluations as the recipe's patience.
    case patience
    case targetAccuracy = "target-accuracy"
    /// The time that it was given is up.
    case maximumTime = "max-time"
    /// A person or the system wanted it.
    case interrupted
    /// A value was not finite.
    case diverged

    /// The end of a run whose training came to its own end; nil where the caller stopped it.
    init?(_ reason: StopReason) {
        switch reason {
        case .finished: self = .finished
        case .patience: self = .patience
        case .targetAccuracy: self = .targetAccuracy
        case .stopped: return nil
        }
    }

    /// The end of a run that its caller stopped.
    init(_ stop: RunStop) {
        switch stop {
        case .interrupted: self = .interrupted
        case .maximumTime: self = .maximumTime
        }
    }

    /// "stopped" (it can be resumed), "diverged" or "finished".
    var status: String {
        switch self {
        case .diverged: "diverged"
        case .interrupted, .maximumTime: "stopped"
        case .finished, .patience, .targetAccuracy: "finished"
        }
    }
}
