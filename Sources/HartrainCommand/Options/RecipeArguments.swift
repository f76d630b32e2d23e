import ArgumentParser
import HAR
import Models
import Platform
import Training

/// What changes a model's own recipe.
struct RecipeArguments: ParsableArguments {
    enum OptimizerName: String, ExpressibleByArgument, CaseIterable {
        case adam, adamw, sgd
    }

    enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
        case constant, step, cosine
    }

    enum RecipeName: String, ExpressibleByArgument, CaseIterable {
        case standard, fast
    }

    @Option(
        help: ArgumentHelp(
            """
            What the other options change: standard, the model's own recipe, or \
            fast, Adam at 2e-3 falling along a cosine over 90 epochs of batches \
            of 32, which stops at a validation accuracy of 0.99. (default: standard)
            """))
    var recipe: RecipeName?

    @Option(
        name: [.long, .short], parsing: .unconditional, help: "Passes over the training windows. (default: the model's, 1000)")
    var epochs: Int?

    @Option(
        name: [.short, .long, .customLong("batch-size")], parsing: .unconditional,
        help: "Windows per training step. (default: the model's, 600)")
    var batch: Int?

    @Flag(help: "Leave out the windows at an epoch's end that do not fill a batch, as the study does.")
    var dropLast = false

    @Option(
        name: [.customLong("learning-rate"), .customLong("lr")],
        parsing: .unconditional, help: "The step size. (default: the model's, 1e-4; for a recurrent model with --batch 1: 1e-3)")
    var learningRate: Double?

    @Option(help: "The optimizer. (default: adam)")
    var optimizer: OptimizerName?

    @Option(parsing: .unconditional, help: "Momentum (sgd only). (default: 0)")
    var momentum: Double?

    @Flag(help: "Nesterov momentum (sgd only).")
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
        help: "Limit every gradient value to plus and minus this; 0: no limit. (default: the model's; 1 for recurrent models)")
    var clipValue: Double?

    @Option(parsing: .unconditional, help: "Limit the norm of all gradients together; 0: no limit.")
    var clipNorm: Double?

    @Option(parsing: .unconditional, help: "The share of the target spread over all classes. (default: 0)")
    var labelSmoothing: Double?

    @Option(
        parsing: .unconditional,
        help: "Weights of the classes in the loss: none, balanced, or six numbers separated by commas. (default: none)")
    var classWeights: String?

    @Option(
        parsing: .unconditional,
        help: "The seed of weights, shuffles, dropout and split. (default: 0)")
    var seed: UInt64?

    @Option(parsing: .unconditional, help: "Epochs between evaluations on the validation windows. (default: 1)")
    var evaluateEvery: Int?

    @Option(parsing: .unconditional, help: "Stop after this many evaluations without a better validation accuracy.")
    var patience: Int?

    @Option(parsing: .unconditional, help: "How much better the accuracy must be to count for --patience. (default: 0)")
    var minDelta: Double?

    @Option(parsing: .unconditional, help: "Stop when the validation accuracy reaches this, for example 0.99.")
    var targetAccuracy: Double?

    /// Changes a valid recipe by what was given; whether the result is within its ranges, `Recipe.validate` says.
    /// - Returns: What had to change besides, for the user to know.
    /// - Throws: A `ValidationError` where an option does not belong to the recipe that results.
    func apply(to recipe: inout Recipe) throws -> String? {
        if self.recipe == .fast { recipe.makeFast() }
        for option in options { option.apply(to: &recipe) }
        try applyOptimizer(to: &recipe)
        let note = try applySchedule(to: &recipe)
        try applyClip(to: &recipe)
        if let classWeights { recipe.classWeights = try RecipeArguments.parse(classWeights: classWeights) }
        return note
    }

    /// What the recipe's own optimizer has and the options do not change is kept.
    private func applyOptimizer(to recipe: inout Recipe) throws {
        let adamwDecay = 0.01
        switch (optimizer, recipe.optimizer) {
        case (nil, _), (.sgd, .sgd): break
        case (.sgd, .adam): recipe.optimizer = .sgd(SGD())
        case (.adam, .sgd): recipe.optimizer = .adam(Adam())
        case (.adamw, .sgd): recipe.optimizer = .adam(Adam(weightDecay: adamwDecay))
        case (.adam, .adam(let own)): recipe.optimizer = .adam(own.withWeightDecay(0))
        case (.adamw, .adam(let own)): if own.weightDecay == 0 { recipe.optimizer = .adam(own.withWeightDecay(adamwDecay)) }
        }
        switch recipe.optimizer {
        case .sgd(let own):
            recipe.optimizer = .sgd(
                SGD(
                    momentum: momentum ?? own.momentum, nesterov: nesterov || own.nesterov,
                    weightDecay: weightDecay ?? own.weightDecay))
        case .adam(let own):
            guard momentum == nil, !nesterov else {
                throw ValidationError("--momentum and --nesterov belong to --optimizer sgd, not \(own.name)")
            }
            guard let weightDecay else { return }
            guard optimizer == .adamw || own.weightDecay > 0 else {
                throw ValidationError("--weight-decay belongs to --optimizer adamw or sgd, not adam")
            }
            recipe.optimizer = .adam(own.withWeightDecay(weightDecay))
        }
    }

    /// What the recipe's own schedule has and the options do not change is kept.
    /// - Returns: A note where the recipe's own warm-up does not fit fewer epochs and is shortened.
    private func applySchedule(to recipe: inout Recipe) throws -> String? {
        switch (schedule, recipe.schedule) {
        case (nil, _), (.step, .step), (.cosine, .cosine): break
        case (.constant, _): recipe.schedule = .constant
        case (.step, _): recipe.schedule = .step(epochs: max(1, recipe.epochs / 3), factor: 0.1)
        case (.cosine, _): recipe.schedule = .cosine(warmup: 0, floor: 0)
        }
        if case .cosine(let own, let floor) = recipe.schedule {
            recipe.schedule = .cosine(warmup: warmup ?? own, floor: floor)
        } else if warmup != nil {
            throw ValidationError("--warmup belongs to --schedule cosine")
        }
        if case .step(let own, let factor) = recipe.schedule {
            recipe.schedule = .step(epochs: stepEpochs ?? own, factor: stepFactor ?? factor)
        } else if stepEpochs != nil || stepFactor != nil {
            throw ValidationError("--step-epochs and --step-factor belong to --schedule step")
        }
        guard case .cosine(let own, let floor) = recipe.schedule, warmup == nil, own >= recipe.epochs, recipe.epochs > 0 else {
            return nil
        }
        recipe.schedule = .cosine(warmup: recipe.epochs - 1, floor: floor)
        return "the warm-up of \(NumberText.count(own, "epoch")) does not fit a run of \(recipe.epochs): "
            + "shortened to \(NumberText.count(recipe.epochs - 1, "epoch"))"
    }

    private func applyClip(to recipe: inout Recipe) throws {
        guard clipValue == nil || clipNorm == nil else {
            throw ValidationError("--clip-value and --clip-norm exclude each other: give one")
        }
        for (limit, option) in [(clipValue, "--clip-value"), (clipNorm, "--clip-norm")] {
            guard let limit else { continue }
            guard limit >= 0 else {
                throw ValidationError("\(option) must be above 0, or 0 for no limit, not \(limit)")
            }
        }
        if let clipValue { recipe.clip = clipValue > 0 ? .value(clipValue) : .none }
        if let clipNorm { recipe.clip = clipNorm > 0 ? .norm(clipNorm) : .none }
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

    /// The options that a resumed run may be given: how long it goes on, which changes nothing of what it has done.
    static let continuing: Set = ["--epochs", "--patience", "--min-delta", "--target-accuracy"]

    /// The options given, by name.
    var given: [String] { options.filter(\.isGiven).map(\.name) }

    /// An error of the recipe that results, with the option where the setting was given by one.
    func text(_ error: RecipeError) -> String {
        let option = options.first { $0.isGiven && $0.setting == error.setting }
        return option.map { "\($0.name) \(error.reason)" } ?? error.description
    }

    /// All options; those with a path are plain values of the recipe.
    private var options: [GivenOption] {
        [
            GivenOption(RecipeSetting("recipe", option: "recipe"), isGiven: recipe != nil),
            GivenOption(\.epochs, epochs),
            GivenOption(\.batch, batch),
            GivenOption(\.dropLast, dropLast ? true : nil),
            GivenOption(\.learningRate, learningRate),
            GivenOption(Recipe.field(\.optimizer).setting, isGiven: optimizer != nil),
            GivenOption(.momentum, isGiven: momentum != nil),
            GivenOption(.nesterov, isGiven: nesterov),
            GivenOption(.weightDecay, isGiven: weightDecay != nil),
            GivenOption(Recipe.field(\.schedule).setting, isGiven: schedule != nil),
            GivenOption(.warmup, isGiven: warmup != nil),
            GivenOption(.stepEpochs, isGiven: stepEpochs != nil),
            GivenOption(.stepFactor, isGiven: stepFactor != nil),
            GivenOption(.clipValue, isGiven: clipValue != nil),
            GivenOption(.clipNorm, isGiven: clipNorm != nil),
            GivenOption(\.labelSmoothing, labelSmoothing),
            GivenOption(Recipe.field(\.classWeights).setting, isGiven: classWeights != nil),
            GivenOption(\.seed, seed),
            GivenOption(\.evaluateEvery, evaluateEvery),
            GivenOption(\.patience, patience),
            GivenOption(\.minimumDelta, minDelta),
            GivenOption(\.targetAccuracy, targetAccuracy),
        ]
    }
}

extension Adam {
    fileprivate func withWeightDecay(_ weightDecay: Double) -> Adam {
        Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    }
}
