import Layers
import Testing

@testable import Training

@Suite struct RecipeTests {
    private let labels: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 1, 3, 3, 3, 3]

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
        #expect(Recipe.OptimizerChoice.sgd(SGD(momentum: 0.9)).optimizer.stateSlots == 1)
        #expect(Recipe.OptimizerChoice.adam(Adam()).optimizer.name == "adam")
        #expect(Recipe.OptimizerChoice.adam(Adam(weightDecay: 0.1)).optimizer.name == "adamw")
    }

    /// Settings out of their range, each with the name that the error must give it.
    private static let refused: [(String, @Sendable (inout Recipe) -> Void)] = [
        ("epochs", { $0.epochs = 0 }), ("batch", { $0.batch = -1 }), ("batch", { $0.batch = 2_000_000_000 }),
        ("evaluate-every", { $0.evaluateEvery = 0 }), ("learning-rate", { $0.learningRate = .nan }),
        ("learning-rate", { $0.learningRate = 0 }), ("label-smoothing", { $0.labelSmoothing = 1 }),
        ("patience", { $0.patience = 0 }), ("min-delta", { $0.minimumDelta = -0.1 }),
        ("target-accuracy", { $0.targetAccuracy = 99 }), ("clip-value", { $0.clip = .value(0) }),
        ("clip-norm", { $0.clip = .norm(.infinity) }), ("step-epochs", { $0.schedule = .step(epochs: 0, factor: 0.5) }),
        ("step-factor", { $0.schedule = .step(epochs: 1, factor: 2) }),
        ("warmup", { $0.schedule = .cosine(warmup: 5, floor: 0) }), ("floor", { $0.schedule = .cosine(warmup: 0, floor: 2) }),
        ("momentum", { $0.optimizer = .sgd(SGD(momentum: 1)) }), ("nesterov", { $0.optimizer = .sgd(SGD(nesterov: true)) }),
        ("weight-decay", { $0.optimizer = .sgd(SGD(weightDecay: -1)) }), ("beta1", { $0.optimizer = .adam(Adam(beta1: 1)) }),
        ("beta2", { $0.optimizer = .adam(Adam(beta2: -0.1)) }), ("epsilon", { $0.optimizer = .adam(Adam(epsilon: 0)) }),
        ("weight-decay", { $0.optimizer = .adam(Adam(weightDecay: .nan)) }),
        ("class-weights", { $0.classWeights = .values([1, 2]) }),
        ("class-weights", { $0.classWeights = .values([0, 0, 0]) }),
    ]

    @Test(arguments: refused.indices)
    func refusesWhatCannotBeFollowed(_ index: Int) {
        let (setting, change) = RecipeTests.refused[index]
        var recipe = Recipe(epochs: 5, batch: 8, learningRate: 0.1)
        #expect(throws: Never.self) { try recipe.validate(classes: 3) }
        change(&recipe)
        let error = #expect(throws: RecipeError.self) { try recipe.validate(classes: 3) }
        #expect(error?.setting == setting)
    }
}
