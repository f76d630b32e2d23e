import Layers
import LinearAlgebra
import Memory
import Models
import Platform
import TimeSeries
import Training

/// A piece of work that is timed, on random windows and with initial weights: values do not matter to the time.
public final class Workload {
    /// Does the work once.
    public let run: () -> Void

    public init(_ run: @escaping () -> Void) {
        self.run = run
    }

    /// A training step: forward, backward and the optimizer's update over a batch.
    /// - Parameter last: Windows of the step, where it is the smaller one at an epoch's end.
    public static func step(
        _ model: ModelDescription, recipe: Recipe, last: Int? = nil, threads: Int
    ) throws(ModelError) -> Workload {
        // With a whole batch before it, the smaller one is at the end of the data, as in an epoch.
        let windows = recipe.batch + (last ?? 0)
        let training = try Training(model, recipe: recipe, windows: windows, threads: threads)
        return Workload { training.step(windows - (last ?? recipe.batch)..<windows) }
    }

    /// An epoch of training: a shuffle, and a step for each batch; no evaluation.
    /// - Parameter windows: The windows that are trained on.
    public static func epoch(
        _ model: ModelDescription, recipe: Recipe, windows: Int, threads: Int
    ) throws(ModelError) -> Workload {
        let training = try Training(model, recipe: recipe, windows: windows, threads: threads)
        return Workload {
            training.shuffle()
            for first in stride(from: 0, to: windows, by: recipe.batch) {
                training.step(first..<min(first + recipe.batch, windows))
            }
        }
    }

    /// A prediction through the public call: raw windows to probabilities, standardisation and softmax included.
    /// - Parameter threads: Threads that share the windows.
    public static func prediction(
        _ description: ModelDescription, windows count: Int, threads: Int
    ) throws(ModelError) -> Workload {
        let model = try Model(description, maximumRows: (count + threads - 1) / threads)
        let state = ModelState(model)
        model.initialize(state, seed: 0)
        let x = randomValues(count * description.input.count)
        let session = InferenceSession(model, state: state, standardization: standardization(description), threads: threads)
        var probabilities = [Float](repeating: 0, count: count * model.classes)
        return Workload {
            var result = probabilities.mutableSpan
            do throws(WindowError) {
                try session.predict(x.span, into: &result)
            } catch {
                fatalError("\(error)")
            }
        }
    }

    /// A square product by OpenBLAS on each of some threads at the same time, whose rate is called the machine's sgemm peak.
    ///
    /// 2 size^3 operations a thread.
    /// - Throws: A `BLASError` where OpenBLAS cannot be loaded or has too little memory: another product's rate is no peak.
    public static func matrixProduct(size: Int, threads: Int = 1) throws(BLASError) -> Workload {
        try BLAS.reserve(threads: threads)
        let pool = ThreadPool(threads: threads)
        let a = randomValues(size * size)
        let results = (0..<threads).map { _ in Arena(count: size * size) }
        let multiply: @Sendable (Int) -> Void = { thread in
            let result = results[thread]
            var c = result.write(result.all)
            gemm(m: size, n: size, k: size, a.span, lda: size, .plain, a.span, ldb: size, .plain, into: &c, ldc: size)
        }
        return Workload { pool.run(threads, multiply) }
    }

    /// A standardisation by each channel and step, the study's, of random windows.
    public static func standardization(_ model: ModelDescription) -> Standardization {
        let windows = 8
        do throws(StandardizationError) {
            return try Standardization(of: randomWindows(windows, model, classes: 1), kind: .channelAndStep)
        } catch {
            fatalError("\(error)")
        }
    }

    /// Windows of random values, their labels in turn.
    private static func randomWindows(_ count: Int, _ model: ModelDescription, classes: Int) -> WindowSet {
        WindowSet(
            checked: randomValues(count * model.input.count), labels: (0..<Int32(count)).map { $0 % Int32(classes) }, groups: [],
            format: WindowFormat(steps: model.input[0], channels: model.input[1], classes: classes))
    }

    /// Values from -1 to 1, the same ones each time.
    public static func randomValues(_ count: Int) -> [Float] {
        var random = Random(seed: 1, stream: .synthesis)
        return (0..<count).map { _ in Float(random.uniform(-1, 1)) }
    }

    /// Steps over random windows.
    private final class Training {
        private let batchStep: TrainingStep
        private var order: [Int32]
        private var number = 0
        private var random = Random(seed: 1, stream: .shuffle)

        init(_ model: ModelDescription, recipe: Recipe, windows: Int, threads: Int) throws(ModelError) {
            let classes = try Model(model, maximumRows: 1).classes
            batchStep = try TrainingStep(
                model, recipe: recipe, data: Workload.randomWindows(windows, model, classes: classes), standardization: .none,
                pool: ThreadPool(threads: threads))
            order = (0..<Int32(windows)).map { $0 }
        }

        func shuffle() { random.shuffle(&order) }

        func step(_ batch: Range<Int>) {
            // So small a rate that random labels make nothing diverge, however often it is repeated.
            guard batchStep.run(order: order, batch: batch, number: number, rate: 1e-7) != nil else {
                fatalError("the loss of \(batchStep.model.description.name) is not finite")
            }
            number += 1
        }
    }
}
