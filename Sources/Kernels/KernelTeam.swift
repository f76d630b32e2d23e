import CKernels
import Platform

/// The threads that share the columns of one kernel's result.
///
/// Each column is computed as one thread alone computes it, so a result has the same bits for any number of them. A call allocates
/// nothing.
public final class KernelTeam: Sendable {
    /// The caller's thread and no other.
    public static let alone = KernelTeam()

    /// The fewest operations of a call that are shared, about 40 us of a core: a thread that sleeps must be woken for it.
    static let leastOperations = 1 << 22

    private let pool: ThreadPool?
    private let board: Board
    /// Made once: a closure made in a call would be an allocation.
    private let job: @Sendable (Int) -> Void

    private init() {
        pool = nil
        board = Board()
        job = { _ in }
    }

    /// All threads of a pool, none of which works at anything else while a kernel runs.
    public init(_ pool: ThreadPool) {
        let board = Board()
        self.pool = pool.threads > 1 ? pool : nil
        self.board = board
        job = { board.run(part: $0) }
    }

    /// Makes a call, by as many threads as have panels of columns to compute.
    /// - Parameter operations: Floating-point operations of the whole call.
    func run(_ call: KernelCall, columns: Int, operations: Int) {
        let parts = min(pool?.threads ?? 1, columns / KernelSet.padding)
        guard let pool, parts > 1, operations >= KernelTeam.leastOperations else {
            call.run(hartrain_share(part: 0, parts: 1))
            return
        }
        board.post(call, parts: parts)
        pool.run(parts, job)
    }

    /// The call under way.
    ///
    /// `@unchecked Sendable`: written between runs of the pool by the thread that begins them, read by all threads in them.
    private final class Board: @unchecked Sendable {
        private var call: KernelCall?
        private var parts = 1

        func post(_ call: KernelCall, parts: Int) {
            self.call = call
            self.parts = parts
        }

        func run(part: Int) { call?.run(hartrain_share(part: part, parts: parts)) }
    }
}
