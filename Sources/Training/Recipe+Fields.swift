import Platform

extension Recipe {
    /// The table of all settings: CONTRIBUTING.md says what a new one needs beside its row.
    ///
    /// In the order of run.json, which is also that of checks and, but for the seed, of the header.
    public static let fields: [RecipeField] = [
        RecipeField("epochs", \.epochs, option: "epochs", must: .count) { NumberText.count($0.epochs, "epoch") },
        RecipeField("batch", \.batch, option: "batch", must: .count) { "batch \($0.batch)" },
        RecipeField("drop_last", \.dropLast, option: "drop-last") { $0.dropLast ? "last batch dropped" : nil },
        // The rate means little without its optimizer, which is said first.
        RecipeField("learning_rate", \.learningRate, option: "learning-rate", must: .numberAboveZero) {
            "\($0.optimizer.words), learning rate \(NumberText.significant($0.learningRate))"
        },
        RecipeField("optimizer", \.optimizer, option: "optimizer"),
        RecipeField("schedule", \.schedule, option: "schedule") { $0.schedule.words },
        RecipeField("clip", \.clip) { $0.clip.words },
        RecipeField("label_smoothing", \.labelSmoothing, option: "label-smoothing", must: .share) {
            $0.labelSmoothing > 0 ? "label smoothing \($0.labelSmoothing)" : nil
        },
        RecipeField("class_weights", \.classWeights, option: "class-weights") { $0.classWeights.words },
        RecipeField("seed", \.seed, option: "seed", must: .seed),
        RecipeField(
            "evaluate_every", \.evaluateEvery, name: "epochs between evaluations", option: "evaluate-every", must: .count
        ) {
            $0.evaluateEvery == 1 ? nil : "evaluated every \($0.evaluateEvery) epochs"
        },
        RecipeField("patience", \.patience, option: "patience", must: RecipeRequirement<Int>.count.ifAny) { recipe in
            recipe.patience.map { "patience \($0)" + (recipe.minimumDelta > 0 ? " for \(recipe.minimumDelta)" : "") }
        },
        RecipeField("minimum_delta", \.minimumDelta, option: "min-delta", must: .gain),
        RecipeField(
            "target_accuracy", \.targetAccuracy, option: "target-accuracy", must: RecipeRequirement<Double>.accuracy.ifAny
        ) {
            $0.targetAccuracy.map { "target \($0)" }
        },
        RecipeField("maximum_lanes", \.maximumLanes, must: .lanes, unless: Sharding.standardLanes) {
            $0.maximumLanes == Sharding.standardLanes ? nil : "at most \(NumberText.count($0.maximumLanes, "lane"))"
        },
    ]

    /// The row of a property.
    /// - Precondition: The table has one.
    public static func field(_ path: PartialKeyPath<Recipe>) -> RecipeField {
        guard let field = fields.first(where: { $0.path == path }) else { preconditionFailure("no row for \(path)") }
        return field
    }

    /// Checks that every setting is within its range, in the single precision that training computes with: there 1e-60 is 0.
    /// - Parameter classes: The number of classes of the data.
    /// - Throws: A `RecipeError` for the first that is not.
    public func validate(classes: Int) throws(RecipeError) {
        for field in Recipe.fields { try field.check(self, classes) }
    }

    /// All of the recipe that is not its default: "1000 epochs, batch 600, adam, learning rate 0.0001, seed 0".
    public var words: String {
        // The seed changes from run to run: it stands where the eye finds it, at the end.
        (Recipe.fields.compactMap { $0.words(self) } + ["seed \(seed)"]).joined(separator: ", ")
    }
}
