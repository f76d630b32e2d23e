import ArgumentParser
import Training

/// What changes a model's own recipe.
struct RecipeArguments: ParsableArguments {
    enum OptimizerName: String, ExpressibleByArgument, CaseIterable {
        case adam, adamw, sgd
    }

    enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
        case constant, step, cosine
    }

    @Option(
        name: [.long, .short], parsing: .unconditional, help: "Passes over the training windows. (default: the model's, 1000)")
    var epochs: Int?

    @Option(
        name: [.short, .long, .customLong("batch-size")], parsing: .unconditional,
        help: "Windows of a training step. (default: the model's, 600)")
    var batch: Int?

    @Flag(help: "Leave out the windows at an epoch's end that do not fill a batch, as the study does.")
    var dropLast = false

    @Option(
        name: [.customLong("learning-rate"), .customLong("lr")],
        parsing: .unconditional, help: "The step size. (default: the model's, 1e-4; for a recurrent model with --batch 1: 1e-3)")
    var learningRate: Double?

    @Option(help: "The optimizer. (default: adam)")
    var optimizer: OptimizerName?

    @Option(parsing: .unconditional, help: "Momentum of sgd. (default: 0)")
    var momentum: Double?

    @Flag(help: "Nesterov's momentum for sgd.")
    var nesterov = false

    @Option(parsing: .unconditional, help: "Weight decay of adamw (default: 0.01) or sgd (default: 0).")
    var weightDecay: Double?

    @Option(
        help: "The learning rate over the run. (default: constant; recurrent with --batch 1: cosine)")
    var schedule: ScheduleName?

    @Option(parsing: .unconditional, help: "Epochs of linear warm-up before the cosine. (default: 0)")
    var warmup: Int?

    @Option(parsing: .unconditional, help: "Epochs between the steps of the step schedule. (default: a third of the run)")
    var stepEpochs: Int?

    @Option(parsing: .unconditional, help: "The factor of each step of the step schedule. (default: 0.1)")
    var stepFactor: Double?

    @Option(
        parsing: .unconditional,
        help: "Limit each gradient value to plus and minus this. (default: the model's; 1 for recurrent models)")
    var clipValue: Double?

    @Option(parsing: .unconditional, help: "Limit the norm of all gradients together.")
    var clipNorm: Double?

    @Option(parsing: .unconditional, help: "The share of the target spread over all classes. (default: 0)")
    var labelSmoothing: Double?

    @Option(
        parsing: .unconditional,
        help: "Weights of the classes in the loss: none, balanced, or six numbers separated by commas. (default: none)")
    var classWeights: String?

    @Option(
        parsing: .unconditional,
        help: "The seed of weights, shuffles, dropout and split: the same seed gives the same bits. (default: 0)")
    var seed: UInt64?

    @Option(parsing: .unconditional, help: "Epochs between evaluations on the validation windows. (default: 1)")
    var evaluateEvery: Int?

    @Option(parsing: .unconditional, help: "Stop after this many evaluations without a better validation accuracy.")
    var patience: Int?

    @Option(parsing: .unconditional, help: "How much better the accuracy must be to count for --patience. (default: 0)")
    var minDelta: Double?

    @Option(parsing: .unconditional, help: "Stop when the validation accuracy reaches this, for example 0.99.")
    var targetAccuracy: Double?

    /// Changes a recipe by what was given.
    func apply(to recipe: inout Recipe) throws {
        if let epochs { recipe.epochs = epochs }
        if let batch { recipe.batch = batch }
        if dropLast { recipe.dropLast = true }
        if let learningRate { recipe.learningRate = learningRate }
        try applyOptimizer(to: &recipe)
        try applySchedule(to: &recipe)
        guard clipValue == nil || clipNorm == nil else {
            throw ValidationError("--clip-value and --clip-norm exclude each other: give one")
        }
        if let clipValue { recipe.clip = .value(clipValue) }
        if let clipNorm { recipe.clip = .norm(clipNorm) }
        if let labelSmoothing { recipe.labelSmoothing = labelSmoothing }
        if let classWeights { recipe.classWeights = try RecipeArguments.parse(classWeights: classWeights) }
        if let seed {
            guard seed <= UInt64(Int.max) else { throw ValidationError("--seed must be at most \(Int.max)") }
            recipe.seed = seed
        }
        if let evaluateEvery { recipe.evaluateEvery = evaluateEvery }
        if let patience { recipe.patience = patience }
        if let minDelta { recipe.minimumDelta = minDelta }
        if let targetAccuracy { recipe.targetAccuracy = targetAccuracy }
    }

    private func applyOptimizer(to recipe: inout Recipe) throws {
        var kind = optimizer
        if kind == nil, case .sgd = recipe.optimizer { kind = .sgd }
        switch kind {
        case .sgd:
            var sgd = SGD()
            if case .sgd(let own) = recipe.optimizer { sgd = own }
            recipe.optimizer = .sgd(
                SGD(
                    momentum: momentum ?? sgd.momentum, nesterov: nesterov || sgd.nesterov,
                    weightDecay: weightDecay ?? sgd.weightDecay))
        case .adamw:
            recipe.optimizer = .adam(Adam(weightDecay: weightDecay ?? 0.01))
        case .adam, nil:
            guard momentum == nil, !nesterov else {
                throw ValidationError("--momentum and --nesterov belong to --optimizer sgd")
            }
            guard weightDecay == nil else {
                throw ValidationError("--weight-decay belongs to --optimizer adamw or sgd")
            }
            if kind == .adam { recipe.optimizer = .adam(Adam()) }
        }
    }

    private func applySchedule(to recipe: inout Recipe) throws {
        guard warmup == nil || schedule == .cosine else { throw ValidationError("--warmup belongs to --schedule cosine") }
        guard (stepEpochs == nil && stepFactor == nil) || schedule == .step else {
            throw ValidationError("--step-epochs and --step-factor belong to --schedule step")
        }
        switch schedule {
        case .constant: recipe.schedule = .constant
        case .step:
            recipe.schedule = .step(epochs: stepEpochs ?? max(1, recipe.epochs / 3), factor: stepFactor ?? 0.1)
        case .cosine: recipe.schedule = .cosine(warmup: warmup ?? 0, floor: 0)
        case nil: break
        }
    }

    private static func parse(classWeights text: String) throws -> Recipe.ClassWeights {
        switch text {
        case "none": return .none
        case "balanced": return .balanced
        default:
            let weights = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard weights.allSatisfy({ $0 != nil }) else {
                throw ValidationError("--class-weights must be none, balanced or numbers separated by commas, not '\(text)'")
            }
            return .values(weights.compactMap { $0 })
        }
    }

    /// The options given, by name; for `--resume`, which allows none.
    var given: [String] {
        var names: [String] = []
        func note(_ isGiven: Bool, _ name: String) { if isGiven { names.append("--" + name) } }
        note(epochs != nil, "epochs")
        note(batch != nil, "batch")
        note(dropLast, "drop-last")
        note(learningRate != nil, "learning-rate")
        note(optimizer != nil, "optimizer")
        note(momentum != nil, "momentum")
        note(nesterov, "nesterov")
        note(weightDecay != nil, "weight-decay")
        note(schedule != nil, "schedule")
        note(warmup != nil, "warmup")
        note(stepEpochs != nil, "step-epochs")
        note(stepFactor != nil, "step-factor")
        note(clipValue != nil, "clip-value")
        note(clipNorm != nil, "clip-norm")
        note(labelSmoothing != nil, "label-smoothing")
        note(classWeights != nil, "class-weights")
        note(seed != nil, "seed")
        note(evaluateEvery != nil, "evaluate-every")
        note(patience != nil, "patience")
        note(minDelta != nil, "min-delta")
        note(targetAccuracy != nil, "target-accuracy")
        return names
    }
}
