import Layers
import Platform
import StrictJSON
import Training

/// A model that a user describes: a JSON file with "name", "input", "layers" and, where its training differs, "training".
public enum ModelFile {
    /// A text file of a model is never longer.
    static let largestFile = 4 << 20

    /// Reads a model file.
    /// - Parameter recipe: The recipe that the file's "training" changes.
    /// - Throws: A `ModelFileError` that names the file and the place in it.
    public static func read(_ path: String, recipe: Recipe) throws(ModelFileError) -> (ModelDescription, Recipe) {
        do {
            let json = try JSON.parse(try Files.read(path, limit: largestFile))
            var fields = try JSONFields(json, context: "")
            var recipe = recipe
            if let training = try fields.takeIfPresent("training", as: JSON.self) {
                try recipe.apply(training, context: "training")
            }
            let description = try ModelDescription(fields: &fields)
            try fields.finish()
            return (description, recipe)
        } catch {
            throw ModelFileError(file: path, reason: "\(error)")
        }
    }
}

/// A file of a model, its weights or its training that cannot be used: which, and why.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    public let reason: String

    public init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }

    /// Names the file once, also where the reason is of an error that names it: "cannot read FILE: ...".
    public var description: String { reason.contains("\(file):") ? reason : "\(file): \(reason)" }
}
