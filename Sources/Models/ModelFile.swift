import Layers
import Platform
import StrictJSON

/// A model that a user describes: a JSON file with "name", "input", "layers" and, where its training differs, "training".
public struct ModelFile: Sendable {
    /// A text file of a model is never longer, in bytes.
    public static let largestFile = 4 << 20

    /// The file's path.
    public let path: String
    /// The model.
    public let description: ModelDescription
    /// How the model is trained, as the file says it; nil where it says nothing. What it means is for whoever trains.
    public let training: JSON?

    /// Reads a model file.
    /// - Parameter kinds: The layers that it may have.
    /// - Throws: A `ModelFileError` that names the file and the place in it.
    public init(reading path: String, kinds: LayerKinds = .standard) throws(ModelFileError) {
        do {
            let json = try JSON.parse(try Files.read(path, limit: ModelFile.largestFile))
            var fields = try JSONFields(json, context: "")
            training = try fields.takeIfPresent("training", as: JSON.self)
            description = try ModelDescription(fields: &fields, kinds: kinds)
            try fields.finish()
            self.path = path
        } catch {
            throw ModelFileError(file: path, error)
        }
    }
}
