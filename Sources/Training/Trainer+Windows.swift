import Layers
import Models
import Platform
import TimeSeries

extension Trainer {
    /// A trainer of a model on windows in memory.
    /// - Parameters:
    ///   - model: The model; its input is the windows' shape, its output their classes.
    ///   - recipe: How it is trained.
    ///   - training: Windows to learn from, raw.
    ///   - validation: Windows of the same format that decide which weights are best; never learnt from.
    ///   - standardize: Over what the training windows' mean and deviation are taken, by which every window is standardised.
    ///   - start: Weights to begin with, of the same layers; their standardisation is kept. nil: the layers' own first weights.
    ///   - threads: Threads that do the work; the result does not depend on them. nil: as many as there are cores.
    /// - Throws: A `TrainingError` that says what does not fit.
    public convenience init(
        _ model: ModelDescription, recipe: Recipe, training: WindowSet, validation: WindowSet,
        standardize: Standardization.Kind = .channelAndStep, from start: Checkpoint? = nil, threads: Int? = nil
    ) throws(TrainingError) {
        try Trainer.check(model, recipe, training, validation)
        if let threads, threads < 1 { throw .threads(threads) }
        if let start, start.description.input != model.input {
            throw .model(
                ModelError(
                    layer: "",
                    reason: "the weights to begin with take windows of \(start.description.input), the model of \(model.input)"))
        }
        let standardization: Standardization
        do throws(StandardizationError) {
            standardization =
                if let start { start.standardization } else { try Standardization(of: training, kind: standardize) }
        } catch {
            throw .standardization(error)
        }
        do throws(ModelError) {
            try self.init(
                model, recipe: recipe, training: training, validation: validation, standardization: standardization,
                pool: ThreadPool(threads: threads ?? Cores.available()))
        } catch {
            throw .model(error)
        }
        guard let start else { return }
        guard start.model.parameters.map(\.name) == step.model.parameters.map(\.name),
            start.model.parameters.map(\.shape) == step.model.parameters.map(\.shape)
        else {
            throw .model(
                ModelError(layer: "", reason: "the weights to begin with are of other layers than the model '\(model.name)' has"))
        }
        step.state.copy(from: start.state)
    }

    private static func check(
        _ model: ModelDescription, _ recipe: Recipe, _ training: WindowSet, _ validation: WindowSet
    ) throws(TrainingError) {
        guard training.format == validation.format else {
            throw .format("the windows to train on and to validate with are of different formats")
        }
        guard training.count > 0, validation.count > 0 else { throw .standardization(.noWindows) }
        do throws(ModelError) {
            try model.requireFit(training.format)
        } catch {
            throw .model(error)
        }
        do throws(RecipeError) {
            try recipe.validate(classes: training.format.classes.count)
        } catch {
            throw .recipe(error)
        }
    }

    /// The best weights so far by validation accuracy, or before the first evaluation those of now, with all that whoever predicts
    /// needs; a copy, which later training does not change.
    public var best: Checkpoint {
        let best = progress.best
        let state = ModelState(step.model)
        state.copy(from: best == nil ? step.state : bestState)
        return Checkpoint(
            model: step.model, state: state, standardization: standardization,
            details: Checkpoint.Details(
                format: training.format, epoch: best?.epoch ?? 0, accuracy: best?.accuracy, seed: recipe.seed,
                dataSource: "windows in memory", dataHash: trainingHash, ranges: trainingRanges))
    }

    /// Scores the best weights on windows; the result does not depend on the number of threads.
    /// - Parameters:
    ///   - windows: Raw windows of the training's format.
    ///   - part: What they are, for the error.
    /// - Throws: A `TrainingError` where the format is another, there are no windows, or the model gives no finite number for one.
    public func evaluate(_ windows: WindowSet, part: String = "evaluated") throws(TrainingError) -> Evaluation {
        guard windows.format == training.format else {
            throw .format("the windows are of another format than those of the training")
        }
        guard windows.count > 0 else { throw .windows(WindowError(message: "there are no \(part) windows")) }
        do throws(WindowError) {
            return try evaluator.scores(progress.best == nil ? step.state : bestState, on: windows, part: part)
        } catch {
            throw .windows(error)
        }
    }
}
