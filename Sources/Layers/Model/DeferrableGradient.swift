import Memory

/// A weight whose gradient can be taken in parts of whole rows, after the way back: see `BoundLayer.addDeferredGradient`.
public struct DeferrableGradient: Sendable {
    /// Where the weight stands among all.
    public let weight: Slot
    /// The floats of a row.
    public let rowCount: Int
}
