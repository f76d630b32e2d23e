import Glibc

/// A value that threads use one at a time, behind a mutex of pthreads.
///
/// Synchronization's `Mutex` does the same; ThreadSanitizer does not see into it, and finds a race in every use of what it guards.
///
/// `@unchecked Sendable`: the value is used only while the mutex is held.
@safe
public final class Locked<Value>: @unchecked Sendable {
    // On the heap, since a mutex must not move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    /// A value that nobody uses yet.
    public init(_ value: Value) {
        unsafe pthread_mutex_init(mutex, nil)
        self.value = value
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Waits until no other thread uses the value, and has the body use it. Allocates nothing.
    /// - Throws: What the body throws.
    public func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
