import Glibc

/// What the threads of a pool share: the run under way, behind one mutex.
///
/// It is apart from `ThreadPool` because the workers own it: if they owned the pool, the pool would never end.
///
/// `@unchecked Sendable`: every mutable property is read and written only while the mutex is held.
@safe
final class ThreadCrew: @unchecked Sendable {
    // On the heap, since a mutex must not move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let completion = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// The body of the run under way; nil between runs.
    private var body: (@Sendable (Int) -> Void)?
    private var count = 0
    private var next = 0
    private var unfinished = 0
    private var isDismissed = false

    init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(work, nil)
        unsafe pthread_cond_init(completion, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(completion)
        unsafe pthread_cond_destroy(work)
        unsafe pthread_mutex_destroy(mutex)
        unsafe completion.deallocate()
        unsafe work.deallocate()
        unsafe mutex.deallocate()
    }

    /// The caller's part in a run: announces it, works along, and waits for the others.
    func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        lock()
        guard self.body == nil else {
            fatalError(
                "this thread pool is in a run already: a body cannot run the pool it runs on, nor can two threads at a time")
        }
        self.body = body
        self.count = count
        next = 0
        unfinished = count
        if count > 1 { unsafe pthread_cond_broadcast(work) }
        takeIndices()
        while unfinished > 0 { unsafe pthread_cond_wait(completion, mutex) }
        self.body = nil
        unlock()
    }

    /// A worker's life: indices when there are some, sleep when there are none.
    func serve() {
        lock()
        while !isDismissed {
            takeIndices()
            if !isDismissed { unsafe pthread_cond_wait(work, mutex) }
        }
        unlock()
    }

    /// Lets the workers' `serve` return.
    func dismiss() {
        lock()
        isDismissed = true
        unsafe pthread_cond_broadcast(work)
        unlock()
    }

    /// Works until no index is left. Called and left with the mutex held.
    private func takeIndices() {
        while next < count {
            let index = next
            next += 1
            call(index)
            unfinished -= 1
            if unfinished == 0 { unsafe pthread_cond_signal(completion) }
        }
    }

    /// Calls the body without the mutex.
    ///
    /// A function of its own, so that this thread lets go of the body before it counts the index as finished: what the body
    /// captures then always ends on the caller's thread.
    private func call(_ index: Int) {
        guard let body else { return }
        unlock()
        body(index)
        lock()
    }

    private func lock() {
        unsafe pthread_mutex_lock(mutex)
    }

    private func unlock() {
        unsafe pthread_mutex_unlock(mutex)
    }
}
