import CMallocCount
import Glibc
import HAR
import Layers
import Memory
import Models
import Platform
import Testing
import TimeSeries
import Training

/// Steps, predictions and the passes of an evaluation allocate nothing: everything is planned and allocated before.
///
/// Other tests run at the same time, so only the threads that take part are counted. In release builds: without optimisation, Swift
/// itself allocates where it need not.
@Suite(.serialized) struct AllocationTests {
    private static let threads = 2

    /// What `body` allocates on this thread and on those of the pool.
    private func allocations(_ pool: ThreadPool, _ body: () -> Void) -> Int {
        watch(pool, true)
        let before = malloc_count()
        body()
        let count = malloc_count() - before
        watch(pool, false)
        return count
    }

    /// Begins or ends counting on every thread of the pool: each waits in its call until all have one.
    private func watch(_ pool: ThreadPool, _ watched: Bool) {
        let barrier = Barrier(threads: pool.threads)
        pool.run(pool.threads) { _ in
            malloc_count_watch_this_thread(watched)
            barrier.wait()
        }
    }

    /// Where threads wait until all have come.
    @safe
    private final class Barrier: @unchecked Sendable {
        private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

        init(threads: Int) { unsafe pthread_barrier_init(barrier, nil, UInt32(threads)) }

        deinit {
            unsafe pthread_barrier_destroy(barrier)
            unsafe barrier.deallocate()
        }

        func wait() { unsafe pthread_barrier_wait(barrier) }
    }

    private func windows(_ count: Int) throws -> WindowSet {
        var random = Random(seed: 1, stream: .synthesis)
        return try WindowSet(
            values: (0..<count * UCIHAR.format.shape.count).map { _ in Float(random.uniform(-1, 1)) },
            labels: (0..<count).map { $0 % UCIHAR.activities.count }, format: UCIHAR.format)
    }

    /// An object and its block, which no optimisation removes.
    @inline(never)
    private func makeArena() -> Arena { Arena(count: 100) }

    @Test func theCounterCounts() {
        let pool = ThreadPool(threads: AllocationTests.threads)
        #expect(allocations(pool) {} == 0)
        #expect(allocations(pool) { _ = makeArena() } == 2)
        // Both threads are counted, each waiting in its call for the other.
        let barrier = Barrier(threads: pool.threads)
        let body: @Sendable (Int) -> Void = { _ in
            barrier.wait()
            _ = makeArena()
        }
        #expect(allocations(pool) { pool.run(pool.threads, body) } == 2 * pool.threads)
        _ = makeArena()
        #expect(allocations(pool) {} == 0)
    }

    #if !DEBUG
        /// What PyTorch can pad and leave out: paths through the layers that no model of the study takes.
        private static let padded = ModelDescription("padded", input: UCIHAR.format.shape) {
            Conv1D(8, kernel: 3, stride: 2, padding: .symmetric(1), bias: false)
            ReLU()
            MaxPool1D(3, stride: 2, padding: .symmetric(1))
            Conv1D(6, kernel: 2, padding: .symmetric(3))
            AveragePool1D(3, stride: 2, padding: .symmetric(1), countsPadding: true)
            LSTM(5, layers: 2, bias: false)
            Dense(6, bias: false)
        }

        /// More than 2^18 weights in a layer.
        private static let wide = ModelDescription("wide", input: UCIHAR.format.shape) {
            Flatten()
            Dense(250)
            Dense(6)
        }

        /// More than 2^24 operations a window.
        private static let deep = ModelDescription("deep", input: UCIHAR.format.shape) {
            Conv1D(256, kernel: 5, padding: .same)
            MaxPool1D(2)
            Conv1D(112, kernel: 5, padding: .same)
            GlobalAveragePool1D()
            Dense(6)
        }

        @Test(arguments: [(StudyModel.cnn, 32), (.lstm, 1), (.lstm, 8), (.cnnInception, 13)])
        func aTrainingStepAllocatesNothing(_ study: StudyModel, _ batch: Int) throws {
            try checkStep(study.description, study.recipe(batch: batch), batch)
        }

        @Test func aTrainingStepOfPaddedLayersAllocatesNothing() throws {
            try checkStep(AllocationTests.padded, StudyModel.cnn.recipe(batch: 13), 13)
        }

        /// One lane, whose products all threads share, and weights that are packed on their way.
        @Test func aTrainingStepOfLargeLayersAllocatesNothing() throws {
            try checkStep(AllocationTests.wide, StudyModel.cnn.recipe(batch: 40), 40)
        }

        @Test(arguments: [1, AllocationTests.threads])
        func aPredictionOfLargeLayersAllocatesNothing(_ threads: Int) throws {
            try checkPrediction(AllocationTests.deep, threads)
        }

        private func checkStep(_ description: ModelDescription, _ recipe: Recipe, _ batch: Int) throws {
            let pool = ThreadPool(threads: AllocationTests.threads)
            let data = try windows(batch + 1)
            let step = try TrainingStep(description, recipe: recipe, data: data, pool: pool)
            let order = (0..<Int32(data.count)).map { $0 }
            var losses = 0.0
            func run(_ numbers: Range<Int>) {
                for number in numbers {
                    losses += step.run(order: order, batch: 0..<batch, number: number, rate: 1e-3)?.loss ?? .nan
                }
            }
            run(0..<2)
            #expect(allocations(pool) { run(2..<7) } == 0)
            #expect(losses.isFinite)
        }

        /// Steps let go of the order, so that a shuffle need not copy it. The first end of an epoch in a process is not counted: Swift
        /// prepares types when they are first used.
        @Test(arguments: [40, 400]) func anEpochAllocatesNothing(_ count: Int) throws {
            let pool = ThreadPool(threads: AllocationTests.threads)
            var recipe = StudyModel.lstm.recipe(batch: 8)
            recipe.epochs = 4
            recipe.evaluateEvery = 4
            let trainer = try Trainer(
                StudyModel.lstm.description, recipe: recipe, training: try windows(count), validation: try windows(8), pool: pool)
            var (begin, end) = (0, 0)
            var failure: (any Error)?
            _ = allocations(pool) {
                do {
                    _ = try trainer.fit { event in
                        switch event {
                        case .epochEnded(let metrics) where metrics.epoch == 2: begin = malloc_count()
                        case .batchEnded(let metrics) where metrics.epoch == 3: end = malloc_count()
                        default: break
                        }
                        return .continue
                    }
                } catch {
                    failure = error
                }
            }
            #expect(failure == nil)
            #expect(trainer.progress.step == 4 * count / 8)
            #expect(end - begin == 0)
        }

        @Test func anEvaluationAllocatesTheSameForAnyNumberOfWindows() throws {
            let pool = ThreadPool(threads: AllocationTests.threads)
            let model = try Model(StudyModel.lstm.description, maximumRows: 4)
            let state = ModelState(model)
            let evaluator = Evaluator(model, pool: pool)
            let (few, many) = (try windows(24), try windows(240))
            func evaluate(_ data: WindowSet) -> Int { allocations(pool) { _ = evaluator.evaluate(state, on: data) } }
            _ = evaluate(few)
            #expect(evaluate(few) == evaluate(many))
        }

        @Test(arguments: StudyModel.allCases, [1, AllocationTests.threads])
        func aPredictionAllocatesNothing(_ study: StudyModel, _ threads: Int) throws {
            try checkPrediction(study.description, threads)
        }

        @Test func aPredictionOfPaddedLayersAllocatesNothing() throws { try checkPrediction(AllocationTests.padded, 1) }

        private func checkPrediction(_ description: ModelDescription, _ threads: Int) throws {
            let pool = ThreadPool(threads: 1)
            let model = try Model(description, maximumRows: 2)
            let session = InferenceSession(model, state: ModelState(model), standardization: .none, threads: threads)
            for count in [1, 7] {
                let x = [Float](repeating: 0.5, count: count * model.description.input.count)
                var probabilities = [Float](repeating: 0, count: count * model.classes)
                func predict() {
                    var span = probabilities.mutableSpan
                    do throws(WindowError) { try session.predict(x.span, into: &span) } catch { Issue.record("\(error)") }
                }
                predict()
                #expect(allocations(pool, predict) == 0)
                #expect(abs(probabilities.reduce(0, +) - Float(count)) < 1e-5)
            }
        }
    #endif
}
