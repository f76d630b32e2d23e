import Glibc

/// A number of permits that threads take, wait for and give back.
///
/// `@unchecked Sendable`: the semaphore is made for use by several threads.
@safe
public final class CountingSemaphore: @unchecked Sendable {
    // On the heap, since a semaphore must not move.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    /// - Precondition: 0 <= permits <= `Int32.max`.
    public init(permits: Int) {
        precondition(permits >= 0 && permits <= Int(Int32.max), "a semaphore of \(permits) permits")
        unsafe sem_init(semaphore, 0, UInt32(permits))
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Takes a permit, after waiting for one where there is none.
    public func wait() {
        // A signal that was handled ends the waiting early.
        while unsafe sem_wait(semaphore) != 0 {}
    }

    /// Gives a permit back.
    public func signal() {
        unsafe sem_post(semaphore)
    }
}
