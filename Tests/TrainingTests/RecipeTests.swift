import Layers
import Testing

@testable import Training

@Suite struct RecipeTests {
    private let labels: [Int32] = [0, 0, 0, 0, 0, 0, 1, 1, 3, 3, 3, 3]

    private func weights(_ choice: Recipe.ClassWeights) -> [Float] {
        var recipe = Recipe(epochs: 1, batch: 1, learningRate: 1)
        recipe.classWeights = choice
        return recipe.loss(labels: labels, classes: 4).classWeights
    }

    /// As scikit-learn: 12 rows / (4 classes x 6 rows) and so on; a class without rows weighs nothing.
    @Test func balancedClassWeights() {
        #expect(weights(.balanced) == [0.5, 1.5, 0, 0.75])
        #expect(weights(.none) == [])
        #expect(weights(.values([1, 2, 3, 4])) == [1, 2, 3, 4])
    }

    @Test func lossTakesTheSmoothing() {
        var recipe = Recipe(epochs: 1, batch: 1, learningRate: 1)
        recipe.labelSmoothing = 0.1
        #expect(recipe.loss(labels: labels, classes: 4) == SoftmaxCrossEntropy(labelSmoothing: 0.1))
    }

    @Test func optimizersKnowTheirState() {
        #expect(Recipe.OptimizerChoice.sgd(SGD()).optimizer.stateSlots == 0)
        #expect(Recipe.OptimizerChoice.sgd(SGD(momentum: 1e-60)).optimizer.stateSlots == 0, "0 in 32 bits")
        #expect(Recipe.OptimizerChoice.sgd(SGD(momentum: 0.9)).optimizer.stateSlots == 1)
        #expect(Recipe.OptimizerChoice.adam(Adam()).optimizer.name == "adam")
        #expect(Recipe.OptimizerChoice.adam(Adam(weightDecay: 0.1)).optimizer.name == "adamw")
    }

    /// Settings out of their range, each with the setting that the error must name.
    private static let refused: [(String, @Sendable (inout Recipe) -> Void)] = [
        ("epochs", { $0.epochs = 0 }), ("batch", { $0.batch = -1 }), ("batch", { $0.batch = 2_000_000_000 }),
        ("epochs between evaluations", { $0.evaluateEvery = 0 }), ("learning rate", { $0.learningRate = .nan }),
        ("learning rate", { $0.learningRate = 0 }), ("label smoothing", { $0.labelSmoothing = 1 }),
        ("maximum lanes", { $0.maximumLanes = 0 }), ("maximum lanes", { $0.maximumLanes = 1025 }),
        ("patience", { $0.patience = 0 }), ("seed", { $0.seed = 1 << 63 }), ("minimum delta", { $0.minimumDelta = -0.1 }),
        ("target accuracy", { $0.targetAccuracy = 99 }), ("limit of gradient values", { $0.clip = .value(0) }),
        ("limit of the gradient norm", { $0.clip = .norm(.infinity) }),
        ("epochs of a step", { $0.schedule = .step(epochs: 0, factor: 0.5) }),
        ("factor of a step", { $0.schedule = .step(epochs: 1, factor: 2) }),
        ("warm-up", { $0.schedule = .cosine(warmup: 5, floor: 0) }), ("floor", { $0.schedule = .cosine(warmup: 0, floor: 2) }),
        ("momentum", { $0.optimizer = .sgd(SGD(momentum: 1)) }),
        ("Nesterov momentum", { $0.optimizer = .sgd(SGD(nesterov: true)) }),
        ("weight decay", { $0.optimizer = .sgd(SGD(weightDecay: -1)) }), ("beta1", { $0.optimizer = .adam(Adam(beta1: 1)) }),
        ("beta2", { $0.optimizer = .adam(Adam(beta2: -0.1)) }), ("epsilon", { $0.optimizer = .adam(Adam(epsilon: 0)) }),
        ("weight decay", { $0.optimizer = .adam(Adam(weightDecay: .nan)) }),
        ("class weights", { $0.classWeights = .values([1, 2]) }),
        ("class weights", { $0.classWeights = .values([0, 0, 0]) }),
        // What 32 bits make 0, 1 or infinite.
        ("learning rate", { $0.learningRate = 1e-60 }), ("learning rate", { $0.learningRate = 1e60 }),
        ("label smoothing", { $0.labelSmoothing = 0.999_999_999 }), ("limit of the gradient norm", { $0.clip = .norm(1e-60) }),
        ("limit of gradient values", { $0.clip = .value(1e60) }),
        ("momentum", { $0.optimizer = .sgd(SGD(momentum: 0.999_999_999)) }),
        ("beta2", { $0.optimizer = .adam(Adam(beta2: 0.999_999_999)) }),
        ("epsilon", { $0.optimizer = .adam(Adam(epsilon: 1e-60)) }),
        ("weight decay", { $0.optimizer = .adam(Adam(weightDecay: 1e60)) }),
        ("class weights", { $0.classWeights = .values([1e-60, 0, 0]) }),
        ("class weights", { $0.classWeights = .values([1e-41, 0, 0]) }),
        ("factor of a step", { $0.schedule = .step(epochs: 1, factor: 1e-300) }),
        ("Nesterov momentum", { $0.optimizer = .sgd(SGD(momentum: 1e-60, nesterov: true)) }),
    ]

    @Test(arguments: refused.indices)
    func refusesWhatCannotBeFollowed(_ index: Int) {
        let (setting, change) = RecipeTests.refused[index]
        var recipe = Recipe(epochs: 5, batch: 8, learningRate: 0.1)
        #expect(throws: Never.self) { try recipe.validate(classes: 3) }
        change(&recipe)
        let error = #expect(throws: RecipeError.self) { try recipe.validate(classes: 3) }
        #expect(error?.setting.words == setting)
    }

    /// The table knows every property, so that none is left out of files, checks and headers.
    @Test func everyPropertyHasARow() {
        let recipe = Recipe(epochs: 5, batch: 8, learningRate: 0.1)
        #expect(Recipe.fields.count == Mirror(reflecting: recipe).children.count)
        #expect(Set(Recipe.fields.map { $0.path as AnyKeyPath }).count == Recipe.fields.count)
        #expect(Set(Recipe.fields.map(\.key)).count == Recipe.fields.count)
    }

    @Test func errorsNameSettingsAndNoOptions() {
        var recipe = Recipe(epochs: 5, batch: 8, learningRate: -1)
        var error = #expect(throws: RecipeError.self) { try recipe.validate(classes: 3) }
        #expect(error?.description == "learning rate must be a number above 0 (1.4e-45 to 3.4e38), not -1.0")
        recipe.learningRate = 1
        recipe.optimizer = .sgd(SGD(nesterov: true))
        error = #expect(throws: RecipeError.self) { try recipe.validate(classes: 3) }
        #expect(error?.description == "Nesterov momentum needs a momentum above 0")
        for (_, change) in RecipeTests.refused {
            recipe = Recipe(epochs: 5, batch: 8, learningRate: 0.1)
            change(&recipe)
            error = #expect(throws: RecipeError.self) { try recipe.validate(classes: 3) }
            #expect(error?.description.contains("--") == false)
        }
    }
}
