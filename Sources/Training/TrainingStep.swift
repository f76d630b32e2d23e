import Kernels
import Layers
import Memory
import Platform
import TimeSeries

/// One step of training, again and again: a batch through all lanes, the gradients added in their order, one change of the weights.
///
/// Everything is allocated here at the beginning; a step allocates nothing.
public final class TrainingStep {
    /// What a step found.
    public struct Result: Sendable {
        /// The mean loss of the batch.
        public let loss: Double
        /// Rows whose largest logit was the label's, with dropout.
        public let correct: Int
    }

    public let model: Model
    public let state: ModelState
    /// What the optimizer keeps: `stateSlots` runs as long as the weights.
    public let optimizerState: Arena
    /// The bytes that training takes, those of what the caller allocates besides among them.
    public let memoryBytes: Int
    private let shared: Shared
    private let pool: ThreadPool
    /// All threads, for a lane that is the only one.
    private let team: KernelTeam
    private let laneJob: @Sendable (Int) -> Void
    private let reduceJob: @Sendable (Int) -> Void
    private let updateJob: @Sendable (Int) -> Void
    private let changeJob: @Sendable (Int) -> Void
    private let seed: UInt64

    /// - Parameters:
    ///   - description: The model, which is bound to the recipe's batch and given its initial weights.
    ///   - exchange: Sums gradients over lanes.
    ///   - memory: The bytes that this process can have.
    ///   - besides: The floats that the caller will allocate for the bound model, which must fit as well.
    /// - Throws: A `ModelError` where layers do not fit each other, the batch or the memory.
    public init(
        _ description: ModelDescription, recipe: Recipe, data: WindowSet, standardization: Standardization = .none,
        exchange: any GradientExchange = LocalExchange(), pool: ThreadPool, memory: Int = Machine.availableBytes(),
        besides: (Model) -> Int = { _ in 0 }
    ) throws(ModelError) {
        let single = try Model(description, maximumRows: 1)
        try single.requireRows(recipe.batch, of: "a batch")
        let last = recipe.dropLast ? 0 : data.count % recipe.batch
        if last > 0 { try single.requireRows(last, of: "the last batch of an epoch") }
        let lanes = Sharding.lanes(rows: recipe.batch, leastRows: single.leastRowsPerLane, maximum: recipe.maximumLanes)
        model = try recipe.bind(description)
        let optimizer = recipe.optimizer.optimizer
        // A gradient passes from the product to the optimizer where nothing waits for all of it: neither another pass nor the clip.
        let defers = lanes == 1 && model.rowsPerPass >= recipe.batch && recipe.clip == .none
        let parts = GradientParts(
            weightCount: model.weightCount, deferred: defers ? model.deferrableGradients : [])
        memoryBytes = TrainingStep.bytes(model, parts, lanes: lanes, optimizer, besides: besides(model))
        try TrainingStep.requireMemory(memoryBytes, available: memory)
        state = ModelState(model)
        model.initialize(state, seed: recipe.seed)
        optimizerState = Arena(count: optimizer.stateSlots * model.weightCount)
        let bound = model
        shared = Shared(
            model: model, weights: PackedWeights(model, state: state, forTraining: true), optimizer: optimizer,
            optimizerState: optimizerState, clip: recipe.clip, data: data,
            loss: recipe.loss(labels: data.labels, classes: model.classes), exchange: exchange,
            workers: (0..<lanes).map { _ in LaneWorker(bound, standardization: standardization, training: true) },
            maximumLanes: recipe.maximumLanes, parts: parts)
        self.pool = pool
        team = KernelTeam(pool)
        // Of lanes that are fewer than the threads each has its share of them.
        let threads = lanes > 1 ? pool.threads / lanes : 1
        let teams = (0..<lanes).map { _ in threads > 1 ? KernelTeam(ThreadPool(threads: threads)) : .alone }
        seed = recipe.seed
        let shared = self.shared
        laneJob = { shared.train(lane: $0, team: teams[$0]) }
        reduceJob = { shared.reduce(range: $0) }
        updateJob = { shared.update(range: $0) }
        changeJob = { shared.change(range: $0) }
    }

    /// The bytes of all arenas, and of as many floats besides.
    private static func bytes(
        _ model: Model, _ parts: GradientParts, lanes: Int, _ optimizer: any Optimizer, besides: Int
    ) -> Int {
        let shared = model.weightCount * (1 + optimizer.stateSlots) + model.statisticCount + model.packedCount
        let gradients = parts.kept.reduce(0) { $0 + $1.count }
        let lane = gradients + model.statisticCount + model.activationCount + model.scratchCount
        return (shared + lanes * lane + parts.deferredCount + besides) * MemoryLayout<Float>.stride
    }

    /// Refuses what the system would end in the middle of a run, for want of memory.
    private static func requireMemory(_ needed: Int, available memory: Int) throws(ModelError) {
        guard needed <= memory else {
            throw ModelError(
                layer: "",
                reason:
                    "training it takes \(needed >> 20) MiB and \(MemoryLimit.text(available: memory)): use smaller batches, or fewer units, filters or layers"
            )
        }
    }

    /// Changes the weights by one batch.
    /// - Parameters:
    ///   - order: The order of the data's rows in this epoch.
    ///   - batch: The places of the order that the batch takes.
    ///   - number: The number of the step in the run, from 0, which decides the dropout masks and the optimizer's corrections.
    /// - Returns: nil where the loss is not finite; the weights are then as before.
    public func run(order: [Int32], batch: Range<Int>, number: Int, rate: Double) -> Result? {
        shared.begin(
            order: order, batch: batch, dropoutKey: Random.key(seed: seed, stream: .dropout, index: UInt64(number)), rate: rate,
            number: number)
        runLanes()
        var loss = 0.0
        var correct = 0
        for lane in 0..<shared.lanes {
            loss += shared.workers[lane].loss
            correct += shared.workers[lane].correct
        }
        guard loss.isFinite else { return nil }
        if shared.clips {
            pool.run(shared.parts.ranges.count, reduceJob)
            shared.clipAll()
            pool.run(shared.parts.ranges.count, updateJob)
        } else {
            pool.run(shared.parts.ranges.count, changeJob)
        }
        shared.updateStatistics()
        shared.end()
        return Result(loss: loss, correct: correct)
    }

    /// All lanes side by side, or a single one by all threads.
    private func runLanes() {
        if shared.lanes == 1 {
            shared.train(lane: 0, team: team)
        } else {
            pool.run(shared.lanes, laneJob)
        }
    }

    /// The first layer that gives a value that is not finite in the batch of the last step, if that found none.
    public func firstNonFiniteLayer() -> String? { shared.firstNonFiniteLayer() }

    /// The gradient that the last step used, as the first lane holds it after the reduction; nothing of those that are taken in parts.
    public var gradient: Arena { shared.workers[0].lane.gradients }

    /// What the threads share during a step.
    ///
    /// Written by `begin` between runs of the pool, read by all threads in them; each lane and each range of the weights is touched by
    /// the one thread that has its index.
    private final class Shared: @unchecked Sendable {
        let model: Model
        let weights: PackedWeights
        let optimizer: any Optimizer
        let optimizerState: Arena
        let clip: GradientClip
        let data: WindowSet
        let loss: SoftmaxCrossEntropy
        let exchange: any GradientExchange
        let workers: [LaneWorker]
        let parts: GradientParts
        /// Where a range's deferred gradients stand, one after the other.
        private let deferred: [Arena]
        private let maximumLanes: Int
        private(set) var lanes = 0
        private var order: [Int32] = []
        private var batch = 0..<0
        private var dropoutKey: UInt64 = 0
        private var rate = 0.0
        private var number = 0
        private var lossScale: Float = 0

        init(
            model: Model, weights: PackedWeights, optimizer: any Optimizer, optimizerState: Arena, clip: GradientClip,
            data: WindowSet,
            loss: SoftmaxCrossEntropy, exchange: any GradientExchange, workers: [LaneWorker], maximumLanes: Int,
            parts: GradientParts
        ) {
            self.model = model
            self.weights = weights
            self.optimizer = optimizer
            self.optimizerState = optimizerState
            self.clip = clip
            self.data = data
            self.loss = loss
            self.exchange = exchange
            self.workers = workers
            self.maximumLanes = maximumLanes
            self.parts = parts
            deferred = parts.ranges.indices.map { Arena(count: parts.largestDeferred($0)) }
        }

        func begin(order: [Int32], batch: Range<Int>, dropoutKey: UInt64, rate: Double, number: Int) {
            weights.refresh()
            self.order = order
            self.batch = batch
            self.dropoutKey = dropoutKey
            self.rate = rate
            self.number = number
            lanes = Sharding.lanes(rows: batch.count, leastRows: model.leastRowsPerLane, maximum: maximumLanes)
            var weight = 0.0
            for place in batch { weight += loss.weight(of: data.labels[Int(order[place])]) }
            lossScale = weight > 0 ? Float(1 / weight) : 0
        }

        /// Lets go of the order: its owner can shuffle it in place, where a second holder would make it copy first.
        func end() { order = [] }

        func train(lane: Int, team: KernelTeam) {
            workers[lane].train(
                weights, data, order: order, batch: batch, share: share(lane), loss: loss, scale: lossScale,
                dropoutKey: dropoutKey, parts: parts, team: team)
        }

        private func share(_ lane: Int) -> Range<Int> { Sharding.part(lane, of: lanes, rows: batch.count) }

        /// Whether the optimizer waits for the whole gradient.
        var clips: Bool { clip != .none }

        /// `reduce` and `update`, little by little, so that a gradient passes through memory once, or never.
        func change(range: Int) {
            let (gradients, taken) = (workers[0].lane.gradients, deferred[range])
            for part in parts.ranges[range] {
                if part.isDeferred {
                    let strip = taken.all.prefix(part.slot.count)
                    take(part.slot, into: strip, of: taken)
                    update(part.slot, by: taken.read(strip))
                } else {
                    reduce(part.slot)
                    update(part.slot, by: gradients.read(part.slot))
                }
            }
        }

        func reduce(range: Int) {
            for part in parts.ranges[range] { reduce(part.slot) }
        }

        func update(range: Int) {
            let gradients = workers[0].lane.gradients
            for part in parts.ranges[range] { update(part.slot, by: gradients.read(part.slot)) }
        }

        /// Computes the gradient of a part that the only lane's pass has left out.
        private func take(_ part: Slot, into strip: Slot, of arena: Arena) {
            var sums = arena.write(strip)
            fill(&sums, 0)
            workers[0].addDeferredGradient(weights, rows: batch.count, of: part, to: &sums)
            exchange.sum(part.offset..<part.offset + part.count, into: &sums) { _ in }
        }

        /// Adds the lanes' gradients, in their order, to the first lane's.
        private func reduce(_ slot: Slot) {
            let first = workers[0].lane.gradients
            var total = first.write(slot)
            exchange.sum(slot.offset..<slot.offset + slot.count, into: &total) { total in
                for lane in 1..<max(1, lanes) {
                    let gradients = workers[lane].lane.gradients
                    add(gradients.read(slot), to: &total)
                }
            }
        }

        func clipAll() {
            let gradients = workers[0].lane.gradients
            var all = gradients.write(gradients.all)
            clip.apply(&all)
        }

        private func update(_ slot: Slot, by gradient: Span<Float>) {
            let slots = optimizer.stateSlots
            func run(_ index: Int) -> Slot {
                index < slots ? Slot(offset: index * model.weightCount + slot.offset, count: slot.count) : .none
            }
            let (arena, kept) = (weights.state.weights, optimizerState)
            var weights = arena.write(slot)
            var first = kept.write(run(0))
            var second = kept.write(run(1))
            optimizer.update(
                weights: &weights, gradient: gradient, first: &first, second: &second, rate: rate, step: number + 1)
        }

        /// Moves the running statistics towards those of the batch, the lanes' weighted by their rows.
        func updateStatistics() {
            guard model.statisticCount > 0 else { return }
            for parameter in model.parameters {
                guard case .statistic(let momentum) = parameter.role else { continue }
                let statistics = weights.state.statistics
                var values = statistics.write(parameter.slot)
                scale(&values, by: 1 - Float(momentum))
                for lane in 0..<lanes {
                    let sums = workers[lane].lane.statisticSums
                    let sum = sums.read(parameter.slot)
                    for i in sum.indices { values[i] += Float(momentum) * (sum[i] / Float(batch.count)) }
                }
            }
        }

        func firstNonFiniteLayer() -> String? {
            guard !order.isEmpty else { return nil }
            for lane in 0..<lanes {
                let found = workers[lane].firstNonFiniteLayer(
                    weights, data, order: order, batch: batch, share: share(lane), mode: .training, dropoutKey: dropoutKey)
                if let found { return found }
            }
            return nil
        }
    }
}
