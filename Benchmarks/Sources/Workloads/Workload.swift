import Glibc
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
    public static func step(_ model: ModelDescription, recipe: Recipe, threads: Int) throws -> Workload {
        let classes = try Model(model, maximumRows: 1).classes
        let data = Dataset(
            values: values(recipe.batch, of: model), shape: model.input,
            labels: (0..<recipe.batch).map { UInt8($0 % classes) })
        let step = try TrainingStep(model, recipe: recipe, data: data, pool: ThreadPool(threads: threads))
        let order = (0..<Int32(recipe.batch)).map { $0 }
        var number = 0
        return Workload {
            guard step.run(order: order, batch: 0..<recipe.batch, number: number, rate: 1e-4) != nil else {
                fatalError("the loss of \(model.name) is not finite")
            }
            number += 1
        }
    }

    /// A training step of one of the study's models.
    public static func step(_ study: StudyModel, batch: Int, threads: Int) throws -> Workload {
        try step(study.description, recipe: study.recipe(batch: batch), threads: threads)
    }

    /// A prediction through the public call: raw windows to probabilities.
    public static func prediction(_ description: ModelDescription, windows count: Int, threads: Int) throws -> Workload {
        let model = try Model(description, maximumRows: (count + threads - 1) / threads)
        let state = ModelState(model)
        model.initialize(state, seed: 0)
        let x = values(count, of: description)
        let standardization = try Standardization(
            of: x, window: description.input, indices: Array(0..<count), kind: .channelAndStep)
        let session = InferenceSession(model, state: state, standardization: standardization, threads: threads)
        var probabilities = [Float](repeating: 0, count: count * model.classes)
        return Workload {
            var result = probabilities.mutableSpan
            session.predict(x.span, into: &result)
        }
    }

    /// A prediction with one of the study's models.
    public static func prediction(_ study: StudyModel, windows: Int, threads: Int) throws -> Workload {
        try prediction(study.description, windows: windows, threads: threads)
    }

    /// Reading UCI HAR from the cache, the text not read again while nothing has touched it; the first time from the text.
    public static func cachedReading(_ path: String) -> Workload {
        let cache = HARCache { unsafe getenv($0).map { unsafe String(cString: $0) } }
        return Workload {
            do throws(HARDataError) {
                guard let data = try cache?.load(path) else { fatalError("no cache: set HARTRAIN_CACHE") }
                guard data.data.train.count > 0 else { fatalError("\(path) holds no windows") }
            } catch {
                fatalError("\(error)")
            }
        }
    }

    /// A square product by OpenBLAS on one thread, whose rate is called the machine's sgemm peak; 2 size^3 operations.
    public static func matrixProduct(size: Int) -> Workload {
        BLAS.useCallingThreadOnly()
        let a = randomValues(size * size)
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

    private static func values(_ count: Int, of model: ModelDescription) -> [Float] {
        randomValues(count * model.input.count)
    }

    static func randomValues(_ count: Int) -> [Float] {
        var random = Random(seed: 1, stream: .synthesis)
        return (0..<count).map { _ in Float(random.uniform(-1, 1)) }
    }
}
