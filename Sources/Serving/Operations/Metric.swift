import Platform
import Synchronization

/// A number that goes up and down.
final class Gauge: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .relaxed) }

    /// Adds to the number.
    /// - Returns: The new value.
    @discardableResult
    func add(_ change: Int) -> Int { number.wrappingAdd(change, ordering: .relaxed).newValue }
}

/// Counts durations by their upper bounds, as Prometheus takes them.
final class Histogram: Sendable {
    /// The upper bounds of the buckets, in seconds; a last one has none.
    static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// What has been counted.
    struct Counts {
        /// How many fell into each bucket; one more than there are bounds.
        var buckets = [Int](repeating: 0, count: Histogram.bounds.count + 1)
        /// The sum of all, in seconds.
        var sum = 0.0
    }

    private let state = Locked(Counts())

    var counts: Counts { state.withLock { $0 } }

    func record(_ seconds: Double) {
        let bucket = Histogram.bounds.firstIndex { seconds <= $0 } ?? Histogram.bounds.count
        state.withLock {
            $0.buckets[bucket] += 1
            $0.sum += seconds
        }
    }
}
