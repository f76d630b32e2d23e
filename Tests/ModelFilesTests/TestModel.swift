import Layers
import Memory
import Platform
import StrictJSON
import Training

@testable import ModelFiles

/// A small model with every kind of state, and data to train it on.
enum TestModel {
    static let text = """
        {"name": "small", "input": {"steps": 4, "channels": 2}, "layers": [
          {"layer": "Conv1D", "filters": 3, "kernel": 2, "padding": "same"}, {"layer": "BatchNorm1D"}, {"layer": "Dropout", "rate": 0.25},
          {"layer": "LSTM", "units": 2, "output": "sequence"}, {"layer": "Flatten"}, {"layer": "Dense", "units": 3}]}
        """

    static func description(_ text: String = text) throws -> ModelDescription {
        var fields = try JSONFields(try JSON.parse(text), context: "")
        let description = try ModelDescription(fields: &fields)
        try fields.finish()
        return description
    }

    static let recipe: Recipe = {
        var recipe = Recipe(epochs: 4, batch: 5, learningRate: 0.01)
        recipe.schedule = .cosine(warmup: 1, floor: 0.1)
        return recipe
    }()

    /// Twelve windows of [4, 2] in three classes.
    static let data: Dataset = {
        var random = Random(seed: 9, stream: .split)
        var values: [Float] = []
        for row in 0..<12 { for _ in 0..<8 { values.append(Float(row % 3) + Float(random.uniform(-1, 1))) } }
        return Dataset(values: values, shape: [4, 2], labels: (0..<12).map { UInt8($0 % 3) })
    }()

    static func trainer(recipe: Recipe = recipe, text: String = text) throws -> Trainer {
        try Trainer(description(text), recipe: recipe, training: data, validation: data, pool: ThreadPool(threads: 1))
    }

    static let details = Checkpoint.Details(
        classNames: ["SIT", "STAND", "Gehen \"schnell\" \u{E4}"], channelNames: ["x", "y"], sampleRate: 50, epoch: 3,
        accuracy: 0.625,
        seed: .max >> 1, dataSource: "synthetic", dataHash: "abc")

    /// A checkpoint of the trainer's weights.
    static func checkpoint(_ trainer: Trainer, details: Checkpoint.Details = details) throws -> Checkpoint {
        let standardization = try Standardization(mean: [1, -2], std: [0.5, 3], window: [4, 2])
        return Checkpoint(
            model: trainer.step.model, state: trainer.step.state, standardization: standardization, details: details)
    }
}
