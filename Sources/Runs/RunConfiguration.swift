import Layers
import Models
import Platform
import StrictJSON
import TimeSeries
import Training

/// What a run can be repeated from: the "model_description", "recipe", "data" and "arguments" of a run.json.
///
/// The fields "model", "epochs", "batch" and "seed" repeat a part of these for whoever reads the file and are not read here.
public struct RunConfiguration: Sendable {
    /// The model, without weights.
    public let description: ModelDescription
    /// How it was trained.
    public let recipe: Recipe
    /// How the windows were divided and standardised.
    public let division: Division
    /// The SHA-256 of the data of the run.
    public let dataHash: String
    /// Where its windows came from: "UCI HAR" or "synthetic".
    public let dataSource: String
    /// Whether the run is over and its scores are in the record.
    public let isFinished: Bool
    /// The arguments that began the run.
    public let arguments: [String]

    /// Reads a run.json.
    /// - Throws: A `ModelFileError` that names the file and the field.
    public init(reading path: String) throws(ModelFileError) {
        do {
            let json = try JSON.parse(try Files.read(path, limit: ModelFile.largestFile))
            func part(_ key: String) throws(JSONFieldError) -> JSON {
                guard let value = json[key] else {
                    throw JSONFieldError(context: "", problem: "'\(key)' is missing: this is not a run.json of hartrain")
                }
                return value
            }
            var model = try JSONFields(try part("model_description"), context: "model_description")
            description = try ModelDescription(fields: &model)
            try model.finish()
            var recipe = Recipe(epochs: 1, batch: 1, learningRate: 1)
            try recipe.apply(try part("recipe"), context: "recipe")
            self.recipe = recipe
            var data = try JSONFields(try part("data"), context: "data")
            var options = Division()
            try options.take(from: &data)
            division = options
            dataHash = try data.take("hash")
            dataSource = try data.take("source")
            isFinished = json["status"] == "finished"
            guard let words = [String](field: try part("arguments")) else {
                throw JSONFieldError(context: "", problem: "'arguments' must be \([String].fieldDescription)")
            }
            arguments = words
        } catch {
            throw ModelFileError(file: path, error)
        }
    }
}
