import Platform

/// Runs asynchronous work from the main thread, which waits for it.
enum Blocking {
    /// Waits for the work.
    /// - Throws: What it throws.
    static func run(_ work: @escaping @Sendable () async throws -> Void) throws {
        let done = CountingSemaphore(permits: 0)
        let failure = Failure()
        Task {
            do { try await work() } catch { failure.error.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = failure.error.withLock({ $0 }) { throw error }
    }

    /// What the work threw.
    private final class Failure: Sendable {
        let error = Locked<(any Error)?>(nil)
    }
}
