/// The time since it was started, on the clock that no change of the date moves.
public struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    /// Starts now.
    public init() {}

    /// The time since the start, in seconds.
    public var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
