import Synchronization

/// What all parts of a server know of its life: whether it takes requests, and what it has done.
final class Lifecycle: Sendable {
    private let draining = Atomic<Bool>(false)
    /// What `/metrics` tells.
    let metrics = ServerMetrics()

    /// Whether the end has been asked for: no longer ready, and every answer closes its connection.
    var isDraining: Bool { draining.load(ordering: .relaxed) }
    /// Open connections.
    var connections: Gauge { metrics.connections }

    /// Requests that are being answered and count against the limit: those of machines that watch the server do not.
    let answering = Gauge()

    /// Begins the end.
    func drain() { draining.store(true, ordering: .relaxed) }
}
