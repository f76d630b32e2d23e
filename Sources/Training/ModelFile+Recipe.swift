import Models

extension ModelFile {
    /// A recipe with what the file's "training" changes.
    /// - Throws: A `ModelFileError` that names the file and the field.
    public func recipe(changing recipe: Recipe) throws(ModelFileError) -> Recipe {
        guard let training else { return recipe }
        var recipe = recipe
        do {
            try recipe.apply(training, context: "training")
        } catch {
            throw ModelFileError(file: path, error)
        }
        return recipe
    }
}
