import Kernels
import Layers
import Memory
import Platform
import Training

/// The stages of a model timed one by one, on one thread.
public struct LayerProfile {
    /// The times of one stage in one direction, each over all windows of the batch.
    public struct Entry {
        public let stage: ModelStage
        public let samples: Samples
    }

    /// A forward call of all windows, or of a training step's.
    public let forward: [Entry]
    /// The way back; empty for predictions.
    public let backward: [Entry]

    /// Measures.
    /// - Parameters:
    ///   - training: Whether a training step's calls are timed, with dropout and the way back, or a prediction's.
    ///   - maximumLanes: The most lanes that a step's windows are dealt to.
    ///   - plan: For how long, all stages together; the same again to warm up. Of its budget half is for each.
    ///   - check: Called before each batch, outside the clock; what it throws ends the measuring.
    /// - Throws: A `ModelError` where layers do not fit each other or the batch, and what `check` throws.
    public init(
        _ description: ModelDescription, windows: Int, training: Bool, maximumLanes: Int = Sharding.standardLanes,
        _ plan: Samples.Plan, beforeEachBatch check: () throws -> Void = {}
    ) throws {
        let single = try Model(description, maximumRows: 1)
        if training { try single.requireRows(windows, of: "a batch") }
        let least = single.leastRowsPerLane
        // In training rows come in lanes, as TrainingStep deals them.
        let rows = training ? Sharding.rowsPerLane(batch: windows, leastRows: least, maximum: maximumLanes) : windows
        let model = try Model(description, maximumRows: rows, forTraining: training)
        let run = Run(model, windows: windows, training: training)
        // Warm, and as many calls as the plan has of whole batches; then the same number with the times kept.
        let calls = try Samples(of: Workload { run.go() }, plan.twice, beforeEachCall: check).seconds.count
        // A single call for which half the budget was too short is the only one.
        if plan.budget == nil || run.calls > 1 {
            run.forget()
            for _ in 0..<calls {
                try check()
                run.go()
            }
        }
        forward = zip(model.stages, run.forward).map { Entry(stage: $0, samples: Samples($1)) }
        backward = training ? zip(model.stages, run.backward).map { Entry(stage: $0, samples: Samples($1)) } : []
    }

    /// One batch after the other, each stage under the clock.
    private final class Run {
        private let model: Model
        private let stages: [ModelStage]
        private let windows: Int
        private let mode: Pass.Mode
        private let weights: PackedWeights
        private let lane: Lane
        private let input: [Float]
        /// The times of each stage, call by call.
        private(set) var forward: [[Double]]
        private(set) var backward: [[Double]]

        init(_ model: Model, windows: Int, training: Bool) {
            self.model = model
            self.windows = windows
            stages = model.stages
            mode = training ? .training : .inference
            let state = ModelState(model)
            model.initialize(state, seed: 0)
            weights = PackedWeights(model, state: state, forTraining: training)
            lane = Lane(model, training: training)
            input = Workload.randomValues(min(windows, model.rowsPerPass) * model.description.input.count)
            forward = Array(repeating: [], count: stages.count)
            backward = forward
        }

        private func fillInput(_ pass: Pass) {
            let values = input
            var x = model.input(pass)
            copy(values.span.extracting(0..<x.count), to: &x)
        }

        private func fillGradient(_ pass: Pass) {
            var dLogits = model.dLogits(pass)
            for i in dLogits.indices { dLogits[i] = Float(i % 3 - 1) * 1e-3 }
        }

        /// Batches whose times are kept.
        var calls: Int { forward[0].count }

        /// Forgets the times so far.
        func forget() {
            forward = Array(repeating: [], count: stages.count)
            backward = forward
        }

        /// One batch.
        func go() {
            for index in stages.indices {
                forward[index].append(0)
                backward[index].append(0)
            }
            let passes = (windows + model.rowsPerPass - 1) / model.rowsPerPass
            for number in 0..<passes {
                let share = Sharding.part(number, of: passes, rows: windows)
                let pass = Pass(rows: share.count, mode: mode, firstRow: share.lowerBound, weights: weights, lane: lane)
                fillInput(pass)
                for index in stages.indices { LayerProfile.time(&forward[index]) { model.forward(stages[index], pass) } }
                guard mode == .training else { continue }
                fillGradient(pass)
                for index in stages.indices.reversed() {
                    LayerProfile.time(&backward[index]) { model.backward(stages[index], pass) }
                }
            }
        }
    }

    /// Adds the time of a call to the last of some times.
    private static func time(_ times: inout [Double], _ body: () -> Void) {
        let watch = Stopwatch()
        body()
        times[times.count - 1] += watch.seconds
    }
}
