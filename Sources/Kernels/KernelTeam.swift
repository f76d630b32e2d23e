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

    /// The fewest operations between two meetings of the threads, about 1 us of a core.
    static let leastOperationsOfAStep = 1 << 17

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

    /// The operations of a product of so many rows, or those that take as long: weights that no second-level cache holds (2 MiB) come
    /// as slowly as if 16 rows were multiplied with them.
    static func operations(rows: Int, weights: Int) -> Int { 2 * weights * (weights > 1 << 19 ? max(rows, 16) : rows) }

    /// Makes a call, by as many threads as have panels of columns to compute.
    /// - Parameters:
    ///   - operations: Floating-point operations of the whole call.
    ///   - steps: The parts of the call that begin when all threads have ended the one before.
    func run(_ call: KernelCall, columns: Int, operations: Int, steps: Int = 1) {
        let parts = min(pool?.threads ?? 1, columns / KernelSet.padding)
        let least = max(KernelTeam.leastOperations, steps * KernelTeam.leastOperationsOfAStep)
        guard let pool, parts > 1, operations >= least else {
            unsafe call.run(hartrain_share(part: 0, parts: 1), meeting: nil)
            return
        }
        board.post(call, parts: parts)
        pool.run(parts, job)
    }

    /// The call under way.
    ///
    /// `@unchecked Sendable`: written between runs of the pool by the thread that begins them, read by all threads in them; the
    /// meeting is of atomic values.
    @safe
    private final class Board: @unchecked Sendable {
        private var call: KernelCall?
        private var parts = 1
        private let meeting = UnsafeMutablePointer<hartrain_meeting>.allocate(capacity: 1)

        init() { unsafe meeting.initialize(to: hartrain_meeting()) }

        deinit { unsafe meeting.deallocate() }

        func post(_ call: KernelCall, parts: Int) {
            self.call = call
            self.parts = parts
        }

        func run(part: Int) { unsafe call?.run(hartrain_share(part: part, parts: parts), meeting: meeting) }
    }
}
