import Layers
import Platform
import TimeSeries

/// Scores a model on rows, on all threads, without dropout.
public final class Evaluator {
    private let model: Model
    private let weights: PackedWeights
    private let pool: ThreadPool
    private let workers: [LaneWorker]

    /// An evaluator of these weights, as they are when it evaluates.
    /// - Parameter standardization: What the model's training applied to the windows.
    public init(_ model: Model, state: ModelState, standardization: Standardization = .none, pool: ThreadPool) {
        self.model = model
        weights = PackedWeights(model, state: state, forTraining: false)
        self.pool = pool
        workers = (0..<Sharding.maximumLanes).map { _ in LaneWorker(model, standardization: standardization, training: false) }
    }

    /// Scores all windows of the data, which are raw; the result does not depend on the number of threads.
    public func evaluate(_ data: WindowSet) -> Evaluation {
        weights.refresh()
        let order = (0..<Int32(data.count)).map { $0 }
        let lanes = Sharding.lanes(rows: data.count)
        let job = Job(workers: workers, weights: weights, data: data, order: order, lanes: lanes)
        pool.run(lanes) { job.run($0) }
        var loss = 0.0
        var confusion = ConfusionMatrix(classes: model.classes)
        for worker in workers.prefix(lanes) {
            loss += worker.loss
            confusion.add(worker.confusion)
        }
        return Evaluation(loss: data.count == 0 ? 0 : loss / Double(data.count), confusion: confusion)
    }

    /// The first layer that gives a value that is not finite on some row.
    func firstNonFiniteLayer(_ data: WindowSet) -> String? {
        weights.refresh()
        let order = (0..<Int32(data.count)).map { $0 }
        return workers[0].firstNonFiniteLayer(
            weights, data, order: order, batch: 0..<data.count, share: 0..<data.count, mode: .inference, dropoutKey: 0)
    }

    /// What the threads share: read by all; each worker is touched by the one thread that has its index.
    private struct Job: @unchecked Sendable {
        let workers: [LaneWorker]
        let weights: PackedWeights
        let data: WindowSet
        let order: [Int32]
        let lanes: Int

        func run(_ index: Int) {
            workers[index].evaluate(
                weights, data, order: order, share: Sharding.part(index, of: lanes, rows: data.count))
        }
    }
}
