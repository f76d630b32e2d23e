import Glibc

/// A fixed number of threads that share out the indices of a loop, waiting asleep in between.
///
/// The caller of `run` works too, so a pool of one thread starts none. A run allocates nothing.
public final class ThreadPool: Sendable {
    /// The stack of a worker, in bytes: what the main thread has, where the system's default for others may be small.
    static let stackSize = 8 << 20

    /// The threads that work in a run, the caller's included.
    public let threads: Int
    private let crew: ThreadCrew
    private let workers: [pthread_t]

    /// A pool of this many threads, the caller's included.
    ///
    /// Where the system refuses to start that many, the pool has fewer, and `threads` says so.
    /// - Precondition: at least one thread.
    public init(threads: Int) {
        precondition(threads >= 1, "a thread pool needs at least 1 thread, not \(threads)")
        crew = ThreadCrew()
        var workers: [pthread_t] = []
        while workers.count < threads - 1, let worker = ThreadPool.start(crew) { workers.append(worker) }
        self.workers = workers
        self.threads = workers.count + 1
    }

    /// Ends the workers and waits for them.
    deinit {
        crew.dismiss()
        for worker in workers { pthread_join(worker, nil) }
    }

    /// Calls the body once with each of 0 ..< count, on all threads, and returns when every call has returned.
    ///
    /// Indices begin in order; which thread has which is not fixed.
    /// - Precondition: the pool is not in a run already, be it from the body or from another thread.
    public func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        precondition(count >= 0, "a thread pool cannot run \(count) calls")
        crew.run(count, body)
    }

    /// Starts a worker, or gives nil when the system has no more threads or memory for one.
    private static func start(_ crew: ThreadCrew) -> pthread_t? {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackSize)
        let reference = unsafe Unmanaged.passRetained(crew)
        var worker = pthread_t()
        let code = unsafe pthread_create(
            &worker, &attributes,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<ThreadCrew>.fromOpaque(argument).takeRetainedValue().serve()
                }
                return nil
            }, reference.toOpaque())
        guard code == 0 else {
            unsafe reference.release()
            return nil
        }
        return worker
    }
}
