/// What the caller wants after an event.
public enum TrainingControl: Sendable {
    /// Go on.
    case `continue`
    /// Training stops after this batch or epoch; it can be taken up again.
    case stop
}
