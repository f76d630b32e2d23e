import Benchmarking
import HAR
import Kernels
import Layers
import LinearAlgebra
import Memory
import Models
import Platform
import Runs
import StrictJSON
import Training

#if MallocCount
    import CMallocCount
#endif

/// The measuring itself, row by row.
final class BenchRun {
    private let plan: BenchPlan
    private let machine = Machine.current()
    private let blas: String?
    /// Why a row has no sgemm peak.
    private var missingPeak: BLASError?
    private let report: ((_ progress: String) -> Void)?
    private var peaks: [Int: Workload] = [:]
    private var rows: [BenchRow] = []
    private var leftOut: [BenchResult.LeftOut] = []

    /// - Parameter report: Is told how long all rows will take, and which one comes; nil: nobody asks.
    init(_ plan: BenchPlan, report: ((_ progress: String) -> Void)?) {
        self.plan = plan
        self.report = report
        // The report says why there is none.
        try? BLAS.load()
        blas = BLAS.name
    }

    /// The extents of the products whose rate is called the sgemm peak; an emulator takes seconds for large ones.
    private var matrixSize: Int { machine.isEmulated ? 64 : 512 }

    /// Measures all rows, or as many as come before a signal.
    ///
    /// What cannot be measured (a training step of a batch that is too small for batch normalisation) is left out; the other rows stay.
    func go() -> BenchResult {
        var signal: Int32?
        do throws(Interrupted) {
            if let report { report(try BenchForecast(plan, beforeEachCall: BenchRun.goOn).text) }
            for model in plan.models {
                try attempt("\(model.description.name) start and load") { try measureStart(model) }
                for threads in plan.threads {
                    for batch in plan.batches { try measure(model, batch: batch, threads: threads) }
                }
                guard plan.isPerLayer else { continue }
                for batch in plan.batches { try measureLayers(model, batch: batch) }
            }
        } catch {
            signal = error.signal
        }
        return BenchResult(rows: rows, sampling: plan.sampling, leftOut: leftOut, missingPeak: missingPeak, signal: signal)
    }

    /// Measures some rows, or notes why they are left out.
    private func attempt(_ what: String, _ body: () throws -> Void) throws(Interrupted) {
        try BenchRun.goOn()
        do {
            try body()
        } catch let interrupted as Interrupted {
            throw interrupted
        } catch {
            leftOut.append(BenchResult.LeftOut(what: what, reason: "\(error)"))
        }
    }

    /// Ends the measuring where a signal has come.
    private static func goOn() throws(Interrupted) {
        if let signal = Interruption.signal { throw Interrupted(signal: signal) }
    }

    private func measure(_ model: BenchPlan.Model, batch: Int, threads: Int) throws(Interrupted) {
        let description = model.description
        func attempt(_ work: BenchKey.Work, _ body: (BenchKey) throws -> Void) throws(Interrupted) {
            let key = BenchKey(model: description.name, work: work, batch: batch, threads: threads)
            try self.attempt(key.text) { try body(key) }
        }
        try attempt(.predict) { key in
            let bound = try Model(description, maximumRows: (batch + threads - 1) / threads)
            try row(key, bound, windows: batch, operations: batch * bound.operationsPerRow) {
                try .prediction(description, windows: batch, threads: threads)
            }
        }
        guard plan.isTraining else { return }
        let recipe = model.recipe(batch)
        func trained() throws -> Model { try recipe.bind(description) }
        try attempt(.step) { key in
            let trained = try trained()
            try row(key, trained, windows: batch, operations: batch * trained.trainingOperationsPerRow) {
                try .step(description, recipe: recipe, threads: threads)
            }
        }
        let windows = BenchPlan.epochWindows
        let steps = EpochSteps(windows: windows, batch: batch)
        try attempt(.epoch) { key in
            let trained = try trained()
            let operations = windows * trained.trainingOperationsPerRow
            guard let step = stepTime(of: key), steps.exceeds(plan.longSampling, step: step) else {
                return try row(key, trained, windows: windows, operations: operations, plan.longSampling) {
                    try .epoch(description, recipe: recipe, windows: windows, threads: threads)
                }
            }
            report?("\(key.text), from its steps")
            let (seconds, machine) = try observed(threads: threads) {
                guard steps.last > 0 else { return steps.seconds(step: step, lastStep: 0) }
                let last = try Workload.step(description, recipe: recipe, last: steps.last, threads: threads)
                return steps.seconds(step: step, lastStep: try time(last, plan.sampling).percentile(0.5))
            }
            // Memory and allocations of an epoch are of none that was run.
            add(
                key, trained, windows: windows, timing: .computed(.fromSteps, seconds: seconds), operations: operations, machine,
                peakBytes: nil, allocations: nil)
        }
    }

    /// What a step of the same batch and threads as an epoch's takes; nil where it could not be measured.
    private func stepTime(of epoch: BenchKey) -> Double? {
        let key = BenchKey(model: epoch.model, work: .step, batch: epoch.batch, threads: epoch.threads)
        return rows.first { $0.key == key }?.median
    }

    /// What was seen of the machine around a row.
    private struct Observation {
        let before: ProcessorState
        let after: ProcessorState
        /// The better of the peaks before and after; nil where there is none.
        let peak: Double?
    }

    /// Does something with looks at the machine before and after it.
    /// - Parameter threads: Of the peak; nil: none is measured.
    private func observed<Value>(threads: Int?, _ body: () throws -> Value) throws -> (Value, Observation) {
        let before = ProcessorState.current()
        let first = threads.flatMap(peakRate)
        let value = try body()
        let peak = threads.flatMap { threads in first.flatMap { first in peakRate(threads).map { max(first, $0) } } }
        return (value, Observation(before: before, after: .current(), peak: peak))
    }

    /// Times calls.
    private func time(_ work: Workload, _ sampling: Samples.Plan) throws -> Samples {
        let samples = try Samples(of: work, sampling, beforeEachCall: BenchRun.goOn)
        // A signal in the last call may have shortened it: Ctrl-C goes to a process that is being timed, too.
        try BenchRun.goOn()
        return samples
    }

    /// Times a piece of work, with the machine's peak before and after it.
    private func row(
        _ key: BenchKey, _ model: Model, windows: Int, operations: Int?, _ sampling: Samples.Plan? = nil,
        _ work: () throws -> Workload
    ) throws {
        report?(key.text)
        let isKnown = Machine.resetPeakResident()
        let work = try work()
        let sampling = sampling ?? plan.sampling
        let (samples, machine) = try observed(threads: operations == nil ? nil : key.threads) {
            try time(work, sampling)
        }
        // Counting takes another call, for which the budget had no time where it has cut the others short.
        let isCounted = operations != nil && !sampling.hasCutShort(samples)
        add(
            key, model, windows: windows, timing: .timed(samples), operations: operations, machine,
            // Of a start the memory is another process's.
            peakBytes: isKnown && key.work != .start ? Machine.peakResidentBytes() : nil,
            allocations: isCounted ? BenchRun.allocations(of: work) : nil)
    }

    private func add(
        _ key: BenchKey, _ model: Model, windows: Int, timing: BenchRow.Timing, operations: Int?, _ seen: Observation,
        peakBytes: Int?, allocations: Double?
    ) {
        let floats = MemoryLayout<Float>.stride
        rows.append(
            BenchRow(
                key: key, windows: windows, timing: timing, operations: operations, peakRate: seen.peak,
                memory: BenchRow.Memory(
                    peakBytes: peakBytes, workspaceBytes: (model.activationCount + model.scratchCount) * floats,
                    modelBytes: (model.weightCount + model.statisticCount) * floats, allocations: allocations),
                conditions: BenchRow.Conditions(
                    machine: machine, kernels: KernelSet.current.name, blas: blas, blasCore: BLAS.coreName, before: seen.before,
                    after: seen.after)))
    }

    /// Heap allocations of a call, on all threads; of a call that takes long, one is enough. nil where nobody counts.
    private static func allocations(of work: Workload) -> Double? {
        #if MallocCount
            let watch = Stopwatch()
            malloc_count_watch_every_thread(true)
            let before = malloc_count()
            var calls = 0
            repeat {
                work.run()
                calls += 1
            } while calls < 10 && watch.seconds < 0.5
            let count = malloc_count() - before
            malloc_count_watch_every_thread(false)
            return Double(count) / Double(calls)
        #else
            return nil
        #endif
    }

    /// The products of `peakRate`; nil, and noted, where they cannot be computed.
    private func peakWork(_ threads: Int) -> Workload? {
        do throws(BLASError) {
            return try .matrixProduct(size: matrixSize, threads: threads)
        } catch {
            missingPeak = error
            return nil
        }
    }

    /// Operations a second of large products on so many threads, the best of a few; nil where OpenBLAS cannot be loaded, or has no memory.
    private func peakRate(_ threads: Int) -> Double? {
        guard let work = peaks[threads] ?? peakWork(threads) else { return nil }
        peaks[threads] = work
        var sampling = Samples.Plan()
        sampling.seconds = 0.05
        sampling.warmup = 1
        let operations = 2 * matrixSize * matrixSize * matrixSize * threads
        return Double(operations) / Samples(of: work, sampling).minimum
    }

    /// A process from start to end with one prediction, and the reading of a file of weights.
    private func measureStart(_ model: BenchPlan.Model) throws {
        let bound = try Model(model.description, maximumRows: 1)
        let state = ModelState(bound)
        bound.initialize(state, seed: 0)
        let details = Checkpoint.Details(
            format: UCIHAR.format, epoch: 0, accuracy: nil,
            seed: 0, dataSource: "random", dataHash: String(repeating: "0", count: 64))
        let standardization = Workload.standardization(model.description)
        try withTemporaryFolder { folder in
            let (weights, window) = (folder + "/weights.safetensors", folder + "/window.f32")
            try Checkpoint(model: bound, state: state, standardization: standardization, details: details).write(to: weights)
            let bytes = Workload.randomValues(model.description.input.count).flatMap { LittleEndian.bytes($0.bitPattern) }
            try Files.writeAtomically(bytes, to: window)
            let arguments = ["predict", "--weights", weights, window]
            func key(_ work: BenchKey.Work) -> BenchKey {
                BenchKey(model: model.description.name, work: work, batch: 1, threads: 1)
            }
            // An emulator without help from the kernel cannot start programs of its kind.
            if ChildProcess.run(ChildProcess.thisProgram, arguments)?.code == 0 {
                try row(key(.start), bound, windows: 1, operations: nil, plan.longSampling) {
                    Workload { _ = ChildProcess.run(ChildProcess.thisProgram, arguments) }
                }
            } else {
                // Also where Ctrl-C, which goes to every process of a terminal, has ended that one.
                try BenchRun.goOn()
                leftOut.append(
                    BenchResult.LeftOut(what: key(.start).text, reason: "this program cannot be started again here"))
            }
            func load() throws -> [Prediction] {
                let session = try InferenceSession(Checkpoint(reading: weights, maximumRows: 1))
                return try session.predict([Float](repeating: 0, count: session.format.shape.count))
            }
            _ = try load()
            try row(key(.load), bound, windows: 1, operations: nil) { Workload { _ = try? load() } }
        }
    }

    /// The layers of a model one by one, on one thread.
    private func measureLayers(_ model: BenchPlan.Model, batch: Int) throws(Interrupted) {
        for training in plan.isTraining ? [false, true] : [false] {
            let what = "\(model.description.name), layer by layer, batch \(batch)\(training ? ", training" : "")"
            try attempt(what) {
                report?(what)
                try measureLayers(model, batch: batch, training: training)
            }
        }
    }

    private func measureLayers(_ model: BenchPlan.Model, batch: Int, training: Bool) throws {
        let bound = try Model(model.description, maximumRows: batch)
        let (profile, machine) = try observed(threads: 1) {
            try LayerProfile(
                model.description, windows: batch, training: training, maximumLanes: model.recipe(batch).maximumLanes,
                plan.sampling, beforeEachBatch: BenchRun.goOn)
        }
        func add(_ work: BenchKey.Work, _ entries: [LayerProfile.Entry], _ operations: (ModelStage) -> Int) {
            for entry in entries {
                let key = BenchKey(
                    model: model.description.name, work: work, layer: entry.stage.name, batch: batch, threads: 1)
                self.add(
                    key, bound, windows: batch, timing: .timed(entry.samples), operations: batch * operations(entry.stage),
                    machine, peakBytes: nil, allocations: nil)
            }
        }
        add(training ? .forward : .predict, profile.forward, \.forwardOperations)
        add(.backward, profile.backward, \.backwardOperations)
    }
}
