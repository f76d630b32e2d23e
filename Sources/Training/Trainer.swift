import Layers
import Memory
import Platform
import TimeSeries

/// The loop of training: epochs of shuffled batches, evaluations, the best weights kept, and reasons to stop.
public final class Trainer {
    /// The model, its weights and the optimizer's state.
    package let step: TrainingStep
    /// How the model is trained, as it was asked for.
    public let recipe: Recipe
    /// The windows of a step: the recipe's batch, and at most all training windows.
    public let batch: Int
    /// How far the run has come.
    public private(set) var progress = TrainingProgress()
    /// The weights of the best evaluation so far.
    package let bestState: ModelState
    /// What is done to every window before the model sees it.
    public let standardization: Standardization
    let training: WindowSet
    /// Hashing takes a while where there are many windows.
    private(set) lazy var trainingHash = training.hash
    /// So does going through them for their ranges.
    package private(set) lazy var trainingRanges = WindowRanges(of: training)
    private let validation: WindowSet
    let evaluator: Evaluator
    private var order: [Int32]

    /// Binds the model and sets its initial weights.
    /// - Parameters:
    ///   - description: The model.
    ///   - recipe: How it is trained; valid (`Recipe.validate`).
    ///   - training: Windows to learn from.
    ///   - validation: Windows that decide which weights are best; never learnt from.
    ///   - standardization: What is done to every window before the model sees it.
    ///   - exchange: Sums gradients over lanes.
    ///   - pool: The threads that do the work; the result does not depend on them.
    ///   - memory: The bytes that this process can have.
    ///   - besides: The floats that whoever trains the model needs at the same time, as for saving it.
    /// - Throws: A `ModelError` where layers do not fit each other, the batch or the memory.
    package init(
        _ description: ModelDescription, recipe: Recipe, training: WindowSet, validation: WindowSet,
        standardization: Standardization = .none, exchange: any GradientExchange = LocalExchange(), pool: ThreadPool,
        memory: Int = Machine.availableBytes(), besides: (Model) -> Int = { _ in 0 }
    ) throws(ModelError) {
        batch = min(recipe.batch, training.count)
        self.recipe = recipe
        self.training = training
        self.validation = validation
        var computed = recipe
        computed.batch = batch
        step = try TrainingStep(
            description, recipe: computed, data: training, standardization: standardization, exchange: exchange, pool: pool,
            memory: memory
        ) { model in
            model.weightCount + model.statisticCount + Evaluator.floats(model, parts: recipe.maximumLanes, pool: pool)
                + besides(model)
        }
        bestState = ModelState(step.model)
        self.standardization = standardization
        evaluator = Evaluator(step.model, standardization: standardization, parts: recipe.maximumLanes, pool: pool)
        order = Array(repeating: 0, count: training.count)
    }

    /// The steps of an epoch.
    package var stepsPerEpoch: Int {
        recipe.dropLast ? training.count / batch : (training.count + batch - 1) / batch
    }

    /// The training rows in the first batches of an epoch.
    package func rows(batches: Int) -> Int { min(batches * batch, training.count) }

    /// Adds to the run's time for reading data and writing files.
    package func addInputOutput(seconds: Double) {
        progress.inputOutputSeconds += seconds
    }

    /// Goes on from where a run stopped; weights, best weights and optimizer state have been set by the caller.
    package func resume(_ progress: TrainingProgress) {
        self.progress = progress
        shuffle(epoch: progress.epoch)
    }

    /// Goes on with a run that had ended, by a recipe that lets it.
    /// - Throws: A `RecipeError` where it does not: it has as many epochs as the run has done already, or fewer.
    package func goOn() throws(RecipeError) {
        guard recipe.epochs > progress.epoch || progress.endedBy == nil else {
            throw RecipeError(
                setting: Recipe.field(\.epochs).setting,
                reason: "must be more than the \(progress.epoch) that the run has done, not \(recipe.epochs)")
        }
        progress.endedBy = nil
    }

    /// Trains until the recipe's end or a reason to stop.
    /// - Parameter report: Called after every batch and epoch; its answer can stop training.
    /// - Throws: `Divergence` where a value was not finite or the loss beyond use, a `WindowError` where the readings of a validation
    ///   window are too large, and what `report` throws.
    @discardableResult
    public func fit(_ report: (TrainingEvent) throws -> TrainingControl) throws -> StopReason {
        var rows = 0
        let secondsBefore = progress.trainingSeconds
        func rowsPerSecond() -> Double {
            let seconds = progress.trainingSeconds - secondsBefore
            return seconds > 0 ? Double(rows) / seconds : 0
        }
        while progress.epoch < recipe.epochs, progress.endedBy == nil {
            if progress.batch == 0 { shuffle(epoch: progress.epoch) }
            while progress.batch < stepsPerEpoch {
                rows += try trainBatch()
                let metrics = BatchMetrics(
                    epoch: progress.epoch + 1, batch: progress.batch, batches: stepsPerEpoch,
                    loss: progress.epochLoss / Double(progress.epochRows),
                    accuracy: Double(progress.epochCorrect) / Double(progress.epochRows),
                    trainingSeconds: progress.trainingSeconds, rowsPerSecond: rowsPerSecond())
                if case .stop = try report(.batchEnded(metrics)) { return .stopped }
            }
            let (metrics, stop) = try endEpoch(rowsPerSecond: rowsPerSecond())
            if case .stop = try report(.epochEnded(metrics)) { return stop ?? .stopped }
            if let stop { return stop }
        }
        let reason = progress.endedBy ?? .finished
        progress.endedBy = reason
        return reason
    }

    private func shuffle(epoch: Int) {
        for i in order.indices { order[i] = Int32(i) }
        var random = Random(seed: recipe.seed, stream: .shuffle, index: UInt64(epoch))
        random.shuffle(&order)
    }

    private func rate(step: Int) -> Double {
        recipe.learningRate * recipe.schedule.factor(step: step, stepsPerEpoch: stepsPerEpoch, epochs: recipe.epochs)
    }

    /// - Returns: The rows of the batch.
    private func trainBatch() throws -> Int {
        let watch = Stopwatch()
        let first = progress.batch * batch
        let places = first..<min(first + batch, training.count)
        let result = step.run(order: order, batch: places, number: progress.step, rate: rate(step: progress.step))
        progress.trainingSeconds += watch.seconds
        guard let result else {
            throw Divergence(layer: step.firstNonFiniteLayer(), epoch: progress.epoch + 1, batch: progress.batch + 1)
        }
        progress.epochLoss += result.loss * Double(places.count)
        progress.epochRows += places.count
        progress.epochCorrect += result.correct
        progress.batch += 1
        progress.step += 1
        return places.count
    }

    private func endEpoch(rowsPerSecond: Double) throws -> (EpochMetrics, StopReason?) {
        let epoch = progress.epoch + 1
        var evaluation: Evaluation?
        var isBest = false
        var stop: StopReason?
        if epoch.isMultiple(of: recipe.evaluateEvery) || epoch == recipe.epochs {
            let watch = Stopwatch()
            let result = evaluator.evaluate(step.state, on: validation)
            progress.evaluationSeconds += watch.seconds
            guard result.loss.isFinite else {
                // Weights out of hand fail on every window; where others are fine, the readings of this one are to blame.
                if let window = evaluator.unanswered(step.state, in: validation) {
                    throw WindowError.unanswered(window, of: validation, part: "validation")
                }
                throw Divergence(
                    layer: evaluator.firstNonFiniteLayer(step.state, on: validation), epoch: epoch, batch: progress.batch)
            }
            evaluation = result
            isBest = keepIfBest(result, epoch: epoch)
            stop = reasonToStop(result)
        }
        let loss = progress.epochLoss / Double(progress.epochRows)
        guard loss <= Divergence.largestLoss else { throw Divergence(loss: loss, epoch: epoch, batch: progress.batch) }
        let metrics = EpochMetrics(
            epoch: epoch, learningRate: rate(step: progress.step - 1),
            trainingLoss: loss,
            trainingAccuracy: Double(progress.epochCorrect) / Double(progress.epochRows), validation: evaluation, isBest: isBest,
            trainingSeconds: progress.trainingSeconds, evaluationSeconds: progress.evaluationSeconds,
            rowsPerSecond: rowsPerSecond)
        progress.epoch += 1
        progress.batch = 0
        progress.epochLoss = 0
        progress.epochRows = 0
        progress.epochCorrect = 0
        progress.endedBy = stop
        return (metrics, stop)
    }

    /// Keeps the weights when their accuracy is the highest yet, or equals it with a lower loss.
    private func keepIfBest(_ result: Evaluation, epoch: Int) -> Bool {
        if let best = progress.best {
            guard (result.accuracy, -result.loss) > (best.accuracy, -best.loss) else { return false }
        }
        progress.best = TrainingProgress.Best(epoch: epoch, accuracy: result.accuracy, loss: result.loss)
        bestState.copy(from: step.state)
        return true
    }

    private func reasonToStop(_ result: Evaluation) -> StopReason? {
        for (index, milestone) in TrainingProgress.milestones.enumerated()
        where result.accuracy >= milestone.accuracy && progress.secondsToAccuracy[index] == nil {
            progress.secondsToAccuracy[index] = progress.trainingSeconds
        }
        if result.accuracy > progress.patienceMark + recipe.minimumDelta {
            progress.patienceMark = result.accuracy
            progress.evaluationsWithoutGain = 0
        } else {
            progress.evaluationsWithoutGain += 1
        }
        if let target = recipe.targetAccuracy, result.accuracy >= target { return .targetAccuracy }
        if let patience = recipe.patience, progress.evaluationsWithoutGain >= patience { return .patience }
        return nil
    }
}
