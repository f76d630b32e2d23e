import Layers
import Memory
import Platform
import SmallModel
import TimeSeries
import Training

/// The small model in training.
enum TestRun {
    static let recipe: Recipe = {
        var recipe = Recipe(epochs: 4, batch: 5, learningRate: 0.01)
        recipe.schedule = .cosine(warmup: 1, floor: 0.1)
        return recipe
    }()

    /// Twelve windows of [4, 2] in three classes.
    static let data: WindowSet = {
        var random = Random(seed: 9, stream: .split)
        var values: [Float] = []
        for row in 0..<12 { for _ in 0..<8 { values.append(Float(row % 3) + Float(random.uniform(-1, 1))) } }
        return WindowSet(checked: values, labels: (0..<12).map { $0 % 3 }, groups: [], format: SmallModel.details.format)
    }()

    static func trainer(recipe: Recipe = recipe, text: String = SmallModel.text) throws -> Trainer {
        try Trainer(SmallModel.description(text), recipe: recipe, training: data, validation: data, pool: ThreadPool(threads: 1))
    }
}
