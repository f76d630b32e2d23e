import Kernels
import Layers
import Memory
import Platform
import Synchronization
import TimeSeries

/// A trained model ready to classify raw windows: planned once, no allocation in a prediction, usable from several threads at a time.
///
/// A call works on one of the session's lanes of memory. There are as many as threads; when more calls come at the same time, a call
/// makes one more, which the session keeps.
public final class InferenceSession: Sendable {
    public let model: Model
    private let weights: PackedWeights
    private let standardization: Standardization
    private let lanes: Mutex<[Lane]>
    private let team: Team?

    /// - Parameters:
    ///   - state: The weights, as they are now; later changes do not reach the session.
    ///   - standardization: What training applied to the windows.
    ///   - threads: Threads that share the windows of a batch; the caller's is one of them. A single window is one thread's work.
    public init(_ model: Model, state: ModelState, standardization: Standardization, threads: Int = 1) {
        BLAS.useCallingThreadOnly()
        self.model = model
        self.standardization = standardization
        weights = PackedWeights(model, state: state, forTraining: false)
        var lanes = (0..<threads).map { _ in Lane(model, training: false) }
        // Room for callers to come, so that giving a lane back allocates nothing.
        lanes.reserveCapacity(threads + 64)
        self.lanes = Mutex(lanes)
        team = threads > 1 ? Team(threads: threads) : nil
    }

    /// Computes the probability of each class for raw windows.
    ///
    /// The probabilities of a window do not depend on the number of threads. On a session with several threads, calls with more than
    /// one pass of windows take turns.
    /// - Parameters:
    ///   - windows: [count, steps, channels] in the units of the data.
    ///   - probabilities: Receives [count, classes].
    /// - Precondition: Both hold the same number of rows.
    @_lifetime(probabilities: copy probabilities)
    public func predict(_ windows: Span<Float>, into probabilities: inout MutableSpan<Float>) {
        let size = model.description.input.count
        let count = windows.count / size
        precondition(
            windows.count == count * size && probabilities.count == count * model.classes,
            "predict: \(windows.count) values and \(probabilities.count) probabilities for windows of \(model.description.input)")
        unsafe windows.withUnsafeBufferPointer { windows in
            unsafe probabilities.withUnsafeMutableBufferPointer { probabilities in
                guard let input = windows.baseAddress, let output = probabilities.baseAddress else { return }
                let batch = unsafe Batch(session: self, windows: input, probabilities: output, count: count)
                if let team, batch.passes > 1 {
                    team.run(batch)
                } else {
                    for index in 0..<batch.passes { batch.run(index) }
                }
            }
        }
    }

    /// Computes the probability of each class for raw windows; for callers who do not count allocations.
    /// - Parameter windows: [count, steps, channels] in the units of the data.
    /// - Returns: [count, classes].
    public func predict(_ windows: [Float]) -> [Float] {
        var probabilities = [Float](repeating: 0, count: windows.count / model.description.input.count * model.classes)
        var result = probabilities.mutableSpan
        predict(windows.span, into: &result)
        return probabilities
    }

    /// Runs a pass on a lane that no other call uses.
    @_lifetime(probabilities: copy probabilities)
    private func predict(_ windows: Span<Float>, rows: Int, into probabilities: inout MutableSpan<Float>) {
        let lane = lanes.withLock { $0.popLast() } ?? Lane(model, training: false)
        let pass = Pass(rows: rows, mode: .inference, weights: weights, lane: lane)
        var input = model.input(pass)
        copy(windows, to: &input)
        standardization.apply(to: &input)
        model.forward(pass)
        softmax(model.logits(pass), rows: rows, classes: model.classes, into: &probabilities)
        lanes.withLock { $0.append(lane) }
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

        func run(_ index: Int) {
            let model = session.model
            let size = model.description.input.count
            // Passes of nearly equal size, so that no thread waits long for another.
            let (first, end) = (count * index / passes, count * (index + 1) / passes)
            let rows = end - first
            let input = unsafe UnsafeBufferPointer(start: windows + first * size, count: rows * size)
            let output = unsafe UnsafeMutableBufferPointer(
                start: probabilities + first * model.classes, count: rows * model.classes)
            var span = unsafe MutableSpan(_unsafeElements: output)
            session.predict(unsafe Span(_unsafeElements: input), rows: rows, into: &span)
        }
    }

    /// The threads of a session: one batch at a time.
    private final class Team: Sendable {
        private let pool: ThreadPool
        private let turn = Mutex<Void>(())
        private let current: Current
        /// Made once: a closure made in a call would be an allocation.
        private let job: @Sendable (Int) -> Void

        init(threads: Int) {
            let current = Current()
            self.current = current
            pool = ThreadPool(threads: threads)
            job = { index in
                let batch = current.batch.withLock { $0 }
                batch?.run(index)
            }
        }

        func run(_ batch: Batch) {
            turn.withLock { _ in
                current.batch.withLock { $0 = batch }
                pool.run(batch.passes, job)
                current.batch.withLock { $0 = nil }
            }
        }
    }

    /// The batch that a team works on.
    private final class Current: Sendable {
        let batch = Mutex<Batch?>(nil)
    }
}
