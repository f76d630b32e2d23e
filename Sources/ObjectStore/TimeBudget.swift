import Platform

/// The time that an object may take, which everything that is done for it shares.
public struct TimeBudget: Sendable {
    /// All of it, in seconds.
    public let seconds: Double
    private let watch = Stopwatch()

    /// A time that begins now.
    public init(seconds: Double) {
        self.seconds = seconds
    }

    /// What is left, in seconds; below 0 where the time is up.
    public var left: Double { seconds - watch.seconds }
}
