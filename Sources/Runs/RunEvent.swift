import Models
import Training

/// What a run reports while it goes on.
public enum RunEvent: Sendable {
    /// A step has been taken.
    case batchEnded(BatchMetrics)
    /// An epoch has ended and, where it was due, been evaluated.
    case epochEnded(EpochMetrics)
    /// The best weights have been scored; the record is about to be saved. The time to write a report to the folder.
    case scored(RunRecord)
    /// The run is over and its record is saved; also of a run that was over before.
    case saved(RunRecord)
    /// The weights are published.
    case published(ModelStore.Publication)
}

/// What the caller wants after an event; only batches and epochs can be stopped after.
public enum RunControl: Sendable {
    case `continue`
    /// The run is saved and stops; it can be resumed.
    case stop(RunStop)
}

/// Why a caller stops a run.
public enum RunStop: Sendable {
    /// A person or the system wants it: the run is saved and not scored.
    case interrupted
    /// The time that it was given is up: the run is saved and scored.
    case maximumTime
}
