import ArgumentParser
import HAR
import Layers
import Models
import Platform
import Runs
import StrictJSON
import TimeSeries
import Training

/// What a run is made of, from options, files and defaults.
struct TrainingSetup {
    let description: ModelDescription
    let recipe: Recipe
    let division: Division
    let options: RunArguments
    /// What publishes the best weights at the end, if that is wanted.
    let publisher: Publisher?
    /// The folder to resume, if any.
    let resumed: RunFolder?
    /// Whether the run to resume is over and has its result.
    let isFinished: Bool
    /// The data of the run to repeat: the record's path, and the SHA-256 in it.
    private let recordedData: (file: String, hash: String)?
    private let dataArguments: DataArguments
    private let dataFallback: String?
    /// The arguments of the run that is resumed.
    let arguments: [String]?
    /// What in the recipe had to change because of an option, for the user to know.
    let note: String?

    /// - Throws: A `ModelFileError` for what a file says, a `ValidationError` for what the command line does.
    init(_ command: TrainCommand) throws {
        options = command.options
        publisher = try options.upload.map { try Publisher($0, command.store.open()) }
        dataArguments = command.data
        resumed = options.resume.map { RunFolder(existing: $0) }
        var division = Division()
        var recipe: Recipe
        let modelFile: String
        if let resumed, Files.isFolder(resumed.path), !Files.exists(resumed.record) {
            throw CommandError(
                "\(resumed.path) has no run.json: it is not a run folder, or its run ended before it was first saved; remove the "
                    + "folder and begin the run again")
        }
        if let source = resumed?.record ?? options.config {
            let configuration = try RunConfiguration(reading: source)
            try TrainingSetup.check(configuration.recipe, file: source, field: "recipe")
            let isSynthetic = try DataSource.syntheticSeed(configuration.dataSource) != nil
            dataFallback = isSynthetic ? configuration.dataSource : nil
            division = configuration.division
            arguments = resumed == nil ? nil : configuration.arguments
            isFinished = resumed != nil && configuration.isFinished
            recordedData = resumed == nil ? (source, configuration.dataHash) : nil
            modelFile = source
            description = configuration.description
            recipe = configuration.recipe
        } else {
            dataFallback = nil
            arguments = nil
            isFinished = false
            recordedData = nil
            modelFile = command.model.name ?? StudyModel.cnn.rawValue
            (description, recipe) = try TrainingSetup.model(named: modelFile, batch: command.recipe.batch)
        }
        note = try command.recipe.apply(to: &recipe)
        do throws(RecipeError) {
            try recipe.validate(classes: UCIHAR.activities.count)
        } catch {
            throw ValidationError(command.recipe.text(error))
        }
        self.recipe = recipe
        try command.division.apply(to: &division)
        self.division = division
        try TrainingSetup.checkFit(description, file: modelFile)
    }

    /// Checks that a model takes UCI HAR's windows and tells its activities apart; otherwise it is an error of its file.
    static func checkFit(_ description: ModelDescription, file: String) throws(ModelFileError) {
        let window = UCIHAR.format.shape
        guard description.input == window else {
            throw ModelFileError(
                file: file,
                reason: "the model takes windows of \(description.input), the data has \(window): "
                    + "set \"input\" to {\"steps\": \(window[0]), \"channels\": \(window[1])}")
        }
        let model = try bind(description, maximumRows: 1, file: file)
        guard model.classes == UCIHAR.activities.count else {
            throw ModelFileError(
                file: file, reason: "the model gives \(model.classes) classes, the data has \(UCIHAR.activities.count)")
        }
    }

    /// Binds a model; what does not fit is an error of the file that describes it.
    static func bind(_ description: ModelDescription, maximumRows: Int, file: String) throws(ModelFileError) -> Model {
        do {
            return try Model(description, maximumRows: maximumRows)
        } catch {
            throw ModelFileError(file: file, reason: "\(error)")
        }
    }

    /// The data as it was named on the command line, if it was.
    var dataPath: String? { dataArguments.data }

    /// A model of the study by its name, or of a model file, with its recipe.
    /// - Parameter batch: The windows of a step where they are given, on which the study's recipes depend.
    static func model(named name: String, batch: Int? = nil) throws -> (ModelDescription, Recipe) {
        if let study = StudyModel(rawValue: name) { return (study.description, study.recipe(batch: batch)) }
        guard name.hasSuffix(".json") else {
            throw CommandError(
                "no model is called '\(name)': use \(StudyModel.allCases.map(\.rawValue).joined(separator: ", ")) "
                    + "or a file that ends in .json")
        }
        let file = try ModelFile(reading: name)
        let recipe = try file.recipe(changing: StudyModel.cnn.recipe(batch: nil))
        try check(recipe, file: name, field: "training")
        return (file.description, recipe)
    }

    /// Checks the recipe of a file; what is wrong with it is an error of the file.
    private static func check(_ recipe: Recipe, file: String, field: String) throws(ModelFileError) {
        do throws(RecipeError) {
            try recipe.validate(classes: UCIHAR.activities.count)
        } catch {
            throw ModelFileError(file: file, reason: "\(field): \(error)")
        }
    }

    /// Reads the data and divides it.
    func loadData() throws -> TrainingData {
        let (data, note) = try dataArguments.load(fallback: dataFallback)
        if let recordedData, recordedData.hash != data.hash {
            Terminal.write(
                "warning: the data is not that of \(recordedData.file), so the result will not be the same: sha256 \(data.hash), "
                    + "there \(JSON.excerpt(of: recordedData.hash, limit: 64))\n", to: .standardError)
        }
        return try TrainingData(data, division: division, recipe: recipe, note: note, isTrial: options.dryRun)
    }

    /// What a resumed run must have in common with the stopped one.
    func identity(dataHash: String) -> ResumeFile.Identity {
        ResumeFile.Identity(
            dataHash: dataHash, modelDescription: .object(description.json), recipe: .object(recipe.json),
            division: .object(division.json))
    }

    /// Prints the model's layers.
    func printSummary() throws {
        let model = try Model(description, maximumRows: Sharding.rowsPerLane(batch: recipe.batch))
        try printResult(ModelSummary.text(model))
    }
}
