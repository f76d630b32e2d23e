import Layers
import Memory
import Platform
import Synchronization
import TimeSeries

/// Scores a model on rows, on all threads, without dropout.
public final class Evaluator {
    private let model: Model
    /// Where the weights are packed that are scored.
    private let packed: Arena
    private let pool: ThreadPool
    /// As many as can work at the same time.
    private let workers: [LaneWorker]
    private let parts: [EvaluationPart]

    /// An evaluator of any weights of a model.
    /// - Parameters:
    ///   - standardization: What the model's training applied to the windows.
    ///   - parts: How many parts the rows are dealt to, whose losses are added in their order: it decides the last bits of the loss.
    public init(
        _ model: Model, standardization: Standardization = .none, parts: Int = Sharding.standardLanes, pool: ThreadPool
    ) {
        self.model = model
        packed = Arena(count: model.packedCount)
        self.pool = pool
        workers = (0..<Evaluator.workers(parts: parts, pool)).map { _ in
            LaneWorker(model, standardization: standardization, training: false)
        }
        self.parts = (0..<parts).map { _ in EvaluationPart(classes: model.classes) }
    }

    private static func workers(parts: Int, _ pool: ThreadPool) -> Int { min(parts, pool.threads) }

    /// The floats that an evaluator allocates for a model.
    static func floats(_ model: Model, parts: Int, pool: ThreadPool) -> Int {
        model.packedCount + workers(parts: parts, pool) * (model.activationCount + model.scratchCount)
    }

    /// Scores weights, as they are now, on all windows of the data, which are raw; the result does not depend on the number of threads.
    public func evaluate(_ state: ModelState, on data: WindowSet) -> Evaluation {
        let weights = PackedWeights(model, state: state, forTraining: false, into: packed)
        let count = Sharding.lanes(rows: data.count, maximum: parts.count)
        let job = Job(workers: workers, parts: parts, count: count, weights: weights, data: data)
        pool.run(min(workers.count, count)) { job.run(worker: $0) }
        var loss = 0.0
        var confusion = ConfusionMatrix(classes: model.classes)
        var calibration = Calibration()
        var groups = GroupAccuracy()
        for part in parts.prefix(count) {
            loss += part.loss
            confusion.add(part.confusion)
            calibration.add(part.calibration)
            groups.add(part.groups)
        }
        return Evaluation(
            loss: data.count == 0 ? 0 : loss / Double(data.count), confusion: confusion, calibration: calibration, groups: groups)
    }

    /// The first window that weights give no finite number for, where they do for others; nil where all windows are alike.
    func unanswered(_ state: ModelState, in data: WindowSet) -> Int? {
        let weights = PackedWeights(model, state: state, forTraining: false, into: packed)
        let order = (0..<Int32(data.count)).map { $0 }
        let isUnanswered = (0..<data.count).map { index in
            workers[0].firstNonFiniteLayer(
                weights, data, order: order, batch: 0..<data.count, share: index..<index + 1, mode: .inference, dropoutKey: 0)
                != nil
        }
        return isUnanswered.contains(false) ? isUnanswered.firstIndex(of: true) : nil
    }

    /// Scores weights on windows, as `evaluate`, and refuses a loss that is not a finite number.
    /// - Parameter part: What the windows are, for the error: "test".
    /// - Throws: A `WindowError` that names the window whose readings are too large, or says that the weights are.
    public func scores(_ state: ModelState, on data: WindowSet, part: String) throws(WindowError) -> Evaluation {
        let evaluation = evaluate(state, on: data)
        guard !evaluation.loss.isFinite else { return evaluation }
        if let window = unanswered(state, in: data) { throw .unanswered(window, of: data, part: part) }
        throw WindowError(message: "the model gives no finite number for any of the \(part) windows: its weights are too large")
    }

    /// The first layer that gives a value that is not finite on some row.
    func firstNonFiniteLayer(_ state: ModelState, on data: WindowSet) -> String? {
        let weights = PackedWeights(model, state: state, forTraining: false, into: packed)
        let order = (0..<Int32(data.count)).map { $0 }
        return workers[0].firstNonFiniteLayer(
            weights, data, order: order, batch: 0..<data.count, share: 0..<data.count, mode: .inference, dropoutKey: 0)
    }

    /// What the threads share: read by all; each worker and each part is touched by the one thread that has its index.
    private final class Job: @unchecked Sendable {
        private let workers: [LaneWorker]
        private let parts: [EvaluationPart]
        private let count: Int
        private let weights: PackedWeights
        private let data: WindowSet
        private let order: [Int32]
        /// The first part that no worker has taken.
        private let next = Atomic(0)

        init(workers: [LaneWorker], parts: [EvaluationPart], count: Int, weights: PackedWeights, data: WindowSet) {
            self.workers = workers
            self.parts = parts
            self.count = count
            self.weights = weights
            self.data = data
            order = (0..<Int32(data.count)).map { $0 }
        }

        /// Takes parts until none is left.
        func run(worker: Int) {
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                workers[worker].evaluate(
                    weights, data, order: order, share: Sharding.part(index, of: count, rows: data.count), into: parts[index])
            }
        }
    }
}
