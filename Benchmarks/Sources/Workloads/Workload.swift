import HAR
import Kernels
import Layers
import Platform
import Tensors
import Training

/// A piece of work that is timed, on random windows: the values do not matter to the time.
public final class Workload {
    /// Does the work once.
    public let run: () -> Void

    init(_ run: @escaping () -> Void) {
        self.run = run
    }

    /// A training step of a model: forward, backward and Adam over a batch.
    public static func step(_ study: StudyModel, batch: Int, threads: Int) throws -> Workload {
        let data = windows(batch)
        let step = try TrainingStep(
            study.description, recipe: study.recipe(batch: batch), data: data, pool: ThreadPool(threads: threads))
        let order = (0..<Int32(batch)).map { $0 }
        var number = 0
        return Workload {
            guard step.run(order: order, batch: 0..<batch, number: number, rate: 1e-4) != nil else {
                fatalError("the loss of \(study.rawValue) is not finite")
            }
            number += 1
        }
    }

    /// A prediction through the public call: raw windows to probabilities.
    public static func prediction(_ study: StudyModel, windows count: Int, threads: Int) throws -> Workload {
        let model = try Model(study.description, maximumRows: (count + threads - 1) / threads)
        let state = ModelState(model)
        model.initialize(state, seed: 0)
        let x = values(count)
        let standardization = try Standardization(
            of: x, window: study.description.input, indices: Array(0..<count), kind: .channelAndStep)
        let session = InferenceSession(model, state: state, standardization: standardization, threads: threads)
        var probabilities = [Float](repeating: 0, count: count * model.classes)
        return Workload {
            var result = probabilities.mutableSpan
            session.predict(x.span, into: &result)
        }
    }

    /// A square product by OpenBLAS on one thread, whose rate is called the machine's sgemm peak; 2 size^3 operations.
    public static func matrixProduct(size: Int) -> Workload {
        BLAS.useCallingThreadOnly()
        var random = Random(seed: 1, stream: .synthesis)
        let a = (0..<size * size).map { _ in Float(random.uniform(-1, 1)) }
        var c = a
        return Workload {
            var span = c.mutableSpan
            gemm(m: size, n: size, k: size, a.span, lda: size, .plain, a.span, ldb: size, .plain, into: &span, ldc: size)
        }
    }

    /// Floating-point operations of a model's forward call for one window.
    public static func operations(_ study: StudyModel) throws -> Int {
        try Model(study.description, maximumRows: 1).operationsPerRow
    }

    private static func values(_ count: Int) -> [Float] {
        var random = Random(seed: 1, stream: .synthesis)
        return (0..<count * UCIHAR.window.count).map { _ in Float(random.uniform(-1, 1)) }
    }

    private static func windows(_ count: Int) -> Dataset {
        Dataset(
            values: values(count), shape: UCIHAR.window, labels: (0..<count).map { UInt8($0 % UCIHAR.activityCount) })
    }
}
