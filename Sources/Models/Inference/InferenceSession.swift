import Kernels
import Layers
import Memory
import Platform
import TimeSeries

/// A trained model ready to classify raw windows: planned once, no allocation in a prediction, usable from several threads at a time.
///
/// A call computes on a lane of memory. A session has a fixed number of lanes; a call that finds none waits for one.
public final class InferenceSession: Sendable {
    /// What the windows hold that the model takes, and the classes that it tells apart.
    public let format: WindowFormat
    /// The model.
    public let model: Model
    private let weights: PackedWeights
    private let standardization: Standardization
    /// The lanes that no call computes on, and as many permits.
    private let free: Locked<[Lane]>
    private let permits: CountingSemaphore
    private let team: Team?
    /// Whether the weights are so many that reading them takes long: then threads share the products of a single window, too.
    private let hasLargeWeights: Bool

    /// The operations of a single pass from which on threads share its products, and such calls take turns.
    private static let sharedOperations = 1 << 24
    /// The weights of a model from which on they do, however few its operations.
    private static let sharedWeights = 1 << 20

    /// A session with the weights of a checkpoint.
    /// - Parameters:
    ///   - lanes: The passes that are computed at the same time, at least 1; there are as many lanes as threads where those are more.
    ///     More of them wait.
    ///   - threads: Threads that share the windows of a call, at least 1; the caller's is one of them. They share a single window's
    ///     large products.
    /// - Throws: An `InferenceSessionError` where there are no lanes or no threads.
    public convenience init(
        _ checkpoint: Checkpoint, lanes: Int = 1, threads: Int = 1
    ) throws(InferenceSessionError) {
        guard lanes >= 1 else { throw .lanes(lanes) }
        guard threads >= 1 else { throw .threads(threads) }
        self.init(
            checkpoint.model, state: checkpoint.state, standardization: checkpoint.standardization,
            format: checkpoint.details.format, lanes: lanes, threads: threads)
    }

    /// A session with some weights.
    /// - Parameters:
    ///   - state: The weights, as they are now; later changes do not reach the session.
    ///   - standardization: What training applied to the windows.
    ///   - format: What the windows hold; nil: channels and classes have numbers for names.
    ///   - lanes: The calls that compute at the same time; more of them wait.
    ///   - threads: Threads that share the windows of a call.
    /// - Precondition: There are lanes and threads.
    package init(
        _ model: Model, state: ModelState, standardization: Standardization, format: WindowFormat? = nil, lanes: Int = 1,
        threads: Int = 1
    ) {
        precondition(lanes >= 1 && threads >= 1, "a session of \(lanes) lanes and \(threads) threads")
        let input = model.description.input
        self.model = model
        self.standardization = standardization
        self.format = format ?? WindowFormat(steps: input[0], channels: input[1], classes: model.classes)
        weights = PackedWeights(model, state: state, forTraining: false)
        let count = max(lanes, threads)
        free = Locked((0..<count).map { _ in Lane(model, training: false) })
        permits = CountingSemaphore(permits: count)
        team = threads > 1 ? Team(threads: threads) : nil
        hasLargeWeights = model.parameterCount >= InferenceSession.sharedWeights
    }

    /// Classifies raw windows, each by itself: the answer to a window is the same to the bit wherever and with whatever others it is
    /// asked.
    /// - Parameter windows: [count, steps, channels] in the units of the format.
    /// - Returns: A prediction for each window.
    /// - Throws: A `WindowError` where the values are no whole number of windows, or a window's probabilities are not finite numbers:
    ///   then its readings, or the weights, are too large.
    public func predict(_ windows: [Float]) throws(WindowError) -> [Prediction] {
        let size = format.shape.count
        try check(windows.count)
        var probabilities = [Float](repeating: 0, count: model.classes)
        var predictions: [Prediction] = []
        predictions.reserveCapacity(windows.count / size)
        for first in stride(from: 0, to: windows.count, by: size) {
            var result = probabilities.mutableSpan
            try predict(windows.span.extracting(first..<first + size), into: &result)
            guard firstNonFinite(probabilities.span) == nil else {
                throw WindowError(
                    message:
                        "window \(predictions.count + 1): the probabilities are not finite numbers: its readings, or the model's "
                        + "weights, are too large")
            }
            predictions.append(Prediction(probabilities: probabilities, classes: format.classes))
        }
        return predictions
    }

    /// Computes the probability of each class for raw windows, several at a time; allocates nothing.
    ///
    /// The probabilities of a window do not depend on the number of threads. They may differ in their last bits from those of the
    /// window alone, since several windows add in another order. On a session with several threads, calls take turns that have more
    /// than one pass of windows or a large one.
    /// - Parameters:
    ///   - windows: [count, steps, channels] in the units of the format.
    ///   - probabilities: Receives [count, classes].
    /// - Throws: A `WindowError` where the values are no whole number of windows, or the probabilities are for another number.
    @_lifetime(probabilities: copy probabilities)
    public func predict(_ windows: Span<Float>, into probabilities: inout MutableSpan<Float>) throws(WindowError) {
        try check(windows.count)
        let count = windows.count / format.shape.count
        guard probabilities.count == count * model.classes else {
            throw WindowError(
                message:
                    "\(count) windows have \(count * model.classes) probabilities of \(model.classes) classes, there is room for "
                    + "\(probabilities.count)")
        }
        unsafe windows.withUnsafeBufferPointer { windows in
            unsafe probabilities.withUnsafeMutableBufferPointer { probabilities in
                guard let input = windows.baseAddress, let output = probabilities.baseAddress else { return }
                let batch = unsafe Batch(session: self, windows: input, probabilities: output, count: count)
                if let team, batch.passes > 1 || sharesPass(of: count) {
                    team.run(batch)
                } else {
                    for index in 0..<batch.passes { batch.run(index, team: .alone) }
                }
            }
        }
    }

    /// Whether threads share the products of a single pass of so many windows.
    private func sharesPass(of windows: Int) -> Bool {
        hasLargeWeights || windows * model.operationsPerRow >= InferenceSession.sharedOperations
    }

    private func check(_ values: Int) throws(WindowError) {
        let size = format.shape.count
        guard values.isMultiple(of: size) else {
            throw WindowError(
                message: "\(values) values are no whole number of windows of \(format.shape), \(size) values each")
        }
    }

    /// Runs a pass on a lane that no other call uses.
    @_lifetime(probabilities: copy probabilities)
    private func compute(
        _ windows: Span<Float>, rows: Int, into probabilities: inout MutableSpan<Float>, team: KernelTeam
    ) {
        permits.wait()
        guard let lane = free.withLock({ $0.popLast() }) else { fatalError("a permit stands for a free lane") }
        let pass = Pass(rows: rows, mode: .inference, weights: weights, lane: lane, team: team)
        var input = model.input(pass)
        copy(windows, to: &input)
        standardization.apply(to: &input)
        model.forward(pass)
        softmax(model.logits(pass), rows: rows, classes: model.classes, into: &probabilities)
        free.withLock { $0.append(lane) }
        permits.signal()
    }

    /// The windows of one call, cut into passes.
    ///
    /// Valid during the call: the pointers are the caller's memory. Each pass writes rows of its own.
    @safe
    private struct Batch: @unchecked Sendable {
        let session: InferenceSession
        let windows: UnsafePointer<Float>
        let probabilities: UnsafeMutablePointer<Float>
        let count: Int

        var passes: Int { (count + session.model.rowsPerPass - 1) / session.model.rowsPerPass }

        func run(_ index: Int, team: KernelTeam) {
            let model = session.model
            let size = model.description.input.count
            // Passes of nearly equal size, so that no thread waits long for another.
            let (first, end) = (count * index / passes, count * (index + 1) / passes)
            let rows = end - first
            let input = unsafe UnsafeBufferPointer(start: windows + first * size, count: rows * size)
            let output = unsafe UnsafeMutableBufferPointer(
                start: probabilities + first * model.classes, count: rows * model.classes)
            var span = unsafe MutableSpan(_unsafeElements: output)
            session.compute(unsafe Span(_unsafeElements: input), rows: rows, into: &span, team: team)
        }
    }

    /// The threads of a session: one batch at a time.
    private final class Team: Sendable {
        private let pool: ThreadPool
        /// For a pass that is the only one: its products are shared.
        private let kernels: KernelTeam
        private let turn = Locked<Void>(())
        private let current: Current
        /// Made once: a closure made in a call would be an allocation.
        private let job: @Sendable (Int) -> Void

        init(threads: Int) {
            let current = Current()
            self.current = current
            pool = ThreadPool(threads: threads)
            kernels = KernelTeam(pool)
            job = { index in
                let batch = current.batch.withLock { $0 }
                batch?.run(index, team: .alone)
            }
        }

        func run(_ batch: Batch) {
            turn.withLock { _ in
                current.batch.withLock { $0 = batch }
                if batch.passes == 1 {
                    batch.run(0, team: kernels)
                } else {
                    pool.run(batch.passes, job)
                }
                current.batch.withLock { $0 = nil }
            }
        }
    }

    /// The batch that a team works on.
    private final class Current: Sendable {
        let batch = Locked<Batch?>(nil)
    }
}
