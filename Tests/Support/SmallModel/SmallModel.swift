import Layers
import Memory
import Models
import StrictJSON
import TimeSeries

/// A small model with every kind of state, for tests of files.
public enum SmallModel {
    /// The model as a file describes it.
    public static let text = """
        {"name": "small", "input": {"steps": 4, "channels": 2}, "layers": [
          {"layer": "Conv1D", "filters": 3, "kernel": 2, "padding": "same"}, {"layer": "BatchNorm1D"}, {"layer": "Dropout", "rate": 0.25},
          {"layer": "LSTM", "units": 2, "output": "sequence"}, {"layer": "Flatten"}, {"layer": "Dense", "units": 3}]}
        """

    /// The model that a text describes.
    public static func description(_ text: String = text) throws -> ModelDescription {
        var fields = try JSONFields(try JSON.parse(text), context: "")
        let description = try ModelDescription(fields: &fields)
        try fields.finish()
        return description
    }

    /// What its checkpoints say of themselves.
    public static let details = Checkpoint.Details(
        format: WindowFormat(
            steps: 4, channels: ["x", "y"], classes: ["SIT", "STAND", "Gehen \"schnell\" \u{E4}"], units: ["g", "m/s²"], rate: 50),
        epoch: 3, accuracy: 0.625, seed: .max >> 1, dataSource: "synthetic", dataHash: "abc")

    /// A checkpoint of some values of the model.
    public static func checkpoint(_ model: Model, _ state: ModelState, details: Checkpoint.Details = details) throws -> Checkpoint
    {
        let standardization = try Standardization(mean: [1, -2], std: [0.5, 3], window: [4, 2])
        return Checkpoint(model: model, state: state, standardization: standardization, details: details)
    }

    /// A checkpoint of first weights, every other value of the state drawn as well.
    public static func checkpoint(details: Checkpoint.Details = details) throws -> Checkpoint {
        let model = try Model(description(), maximumRows: 12)
        let state = ModelState(model)
        model.initialize(state, seed: 1)
        var random = Random(seed: 2, stream: .initialization)
        for parameter in model.parameters where parameter.shape.rank == 1 {
            state.set(parameter, to: (0..<parameter.shape.count).map { _ in Float(random.uniform(0.1, 1)) })
        }
        return try checkpoint(model, state, details: details)
    }
}
