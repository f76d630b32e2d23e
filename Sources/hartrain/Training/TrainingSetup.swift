import HAR
import Layers
import ModelFiles
import Platform
import StrictJSON
import Training

/// What a run is made of, from options, files and defaults.
struct TrainingSetup {
    let description: ModelDescription
    let recipe: Recipe
    let dataOptions: DataOptions
    let options: RunArguments
    /// The folder to resume, if any.
    let resumed: RunFolder?
    private let dataArguments: DataArguments
    private let dataFallback: String?

    init(_ command: TrainCommand) throws {
        options = command.options
        dataArguments = command.data
        resumed = options.resume.map { RunFolder(existing: $0) }
        var dataOptions = DataOptions()
        if let source = resumed?.record ?? options.config {
            let configuration = try RunConfiguration(reading: source)
            dataFallback = configuration.dataSource.hasPrefix(TrainingSetup.syntheticSource) ? configuration.dataSource : nil
            dataOptions = configuration.dataOptions
            guard command.model.name == nil else {
                throw CommandError("--model and --config exclude each other: \(source) says which model")
            }
            description = configuration.description
            var recipe = configuration.recipe
            try command.recipe.apply(to: &recipe)
            self.recipe = recipe
        } else {
            dataFallback = nil
            let (description, own) = try TrainingSetup.model(named: command.model.name ?? StudyModel.cnn.rawValue, command.recipe)
            var recipe = own
            try command.recipe.apply(to: &recipe)
            self.description = description
            self.recipe = recipe
        }
        try command.division.apply(to: &dataOptions)
        self.dataOptions = dataOptions
        try recipe.validate(classes: UCIHAR.activityCount)
        let window = UCIHAR.window
        guard description.input == window else {
            throw CommandError(
                "the model \(description.name) takes windows of \(description.input), the data has \(window): "
                    + "set \"input\" to {\"steps\": \(window[0]), \"channels\": \(window[1])}")
        }
        let model = try Model(description, maximumRows: 1)
        guard model.classes == UCIHAR.activityCount else {
            throw CommandError(
                "the model \(description.name) gives \(model.classes) classes, the data has \(UCIHAR.activityCount)")
        }
    }

    static let syntheticSource = "synthetic"

    /// The data as it was named on the command line, if it was.
    var dataPath: String? { dataArguments.data }

    /// A model of the study by its name, or of a model file.
    static func describedModel(_ name: String) throws -> ModelDescription {
        try model(named: name, RecipeArguments.parse([])).0
    }

    private static func model(named name: String, _ arguments: RecipeArguments) throws -> (ModelDescription, Recipe) {
        if let study = StudyModel(rawValue: name) {
            return (study.description, study.recipe(batch: arguments.batch))
        }
        guard name.hasSuffix(".json") else {
            throw CommandError(
                "no model is called '\(name)': use \(StudyModel.allCases.map(\.rawValue).joined(separator: ", ")) "
                    + "or a file that ends in .json")
        }
        return try ModelFile.read(name, recipe: StudyModel.cnn.recipe(batch: arguments.batch))
    }

    /// Reads the data and divides it.
    func loadData() throws -> TrainingData {
        let (data, note) = try dataArguments.load(fallback: dataFallback)
        return try TrainingData(data, options: dataOptions, recipe: recipe, note: note, isTrial: options.dryRun)
    }

    /// What a resumed run must have in common with the stopped one.
    func identity(dataHash: String) -> ResumeFile.Identity {
        ResumeFile.Identity(
            dataHash: dataHash, modelDescription: .object(description.json), recipe: .object(recipe.json),
            dataOptions: .object(dataOptions.json))
    }

    /// Prints the model's layers.
    func printSummary() throws {
        let lanes = Sharding.lanes(rows: recipe.batch)
        let model = try Model(description, maximumRows: (recipe.batch + lanes - 1) / lanes)
        Terminal.write(ModelSummary.text(model), to: .standardOutput)
    }
}
