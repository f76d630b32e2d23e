import Logging
import ServiceLifecycle

/// Stands between the wish to end and the end: for a while the server says that it is not ready, and still answers all that comes, each
/// connection for the last time.
///
/// The services of a group end from the last to the first, so this one stands behind the server.
struct DrainService: Service {
    let lifecycle: Lifecycle
    let duration: Duration
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        lifecycle.drain()
        logger.notice("draining", metadata: ["seconds": "\(duration / .seconds(1))"])
        try await Task.sleep(for: duration)
    }
}
