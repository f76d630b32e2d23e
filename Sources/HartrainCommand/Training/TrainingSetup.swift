import CommandSupport
import ArgumentParser
import HAR
import Layers
import Models
import Platform
import Runs
import StrictJSON
import TimeSeries
import Training

/// What a run is made of, by options, files and defaults; the data is read last (`plan`).
struct TrainingSetup {
    let description: ModelDescription
    let recipe: Recipe
    /// The recipe of a resumed run until now, where options change how long it goes on.
    private let continuedRecipe: Recipe?
    let division: Division
    let options: RunArguments
    /// What publishes the best weights at the end, if that is wanted.
    let publisher: Publisher?
    /// The folder to resume, if any.
    let resumed: RunFolder?
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
        let format: WindowFormat
        if let resumed, Files.isFolder(resumed.path), !Files.exists(resumed.record) {
            throw CommandError(
                "\(resumed.path) has no run.json: it is not a run folder, or its run ended before it was first saved; remove the "
                    + "folder and begin the run again")
        }
        if let source = resumed?.record ?? options.config {
            let record = try RunRecord(reading: source)
            let isSynthetic = try DataSource.syntheticSeed(record.data.source) != nil
            // The run knows where its data was; where that is gone, the usual places are looked at.
            let path = record.data.path.flatMap { Files.exists($0) ? $0 : nil }
            if let remembered = record.data.path, path == nil, !isSynthetic, !(try dataArguments.isThere()) {
                throw CommandError(
                    "the data of \(source) was in \(JSON.excerpt(of: remembered, limit: 400)), which is not there any more: move it back, "
                        + "or name its folder with --data PATH")
            }
            dataFallback = isSynthetic ? record.data.source : path
            format = try dataArguments.format(fallback: dataFallback)
            try TrainingSetup.check(record.recipe, file: source, field: "recipe", classes: format.classes.count)
            division = record.data.division
            arguments = resumed == nil ? nil : record.arguments
            recordedData = resumed == nil ? (source, record.data.hash) : nil
            modelFile = source
            description = record.description
            recipe = record.recipe
        } else {
            dataFallback = nil
            format = try dataArguments.format()
            arguments = nil
            recordedData = nil
            modelFile = command.model.name ?? StudyModel.cnn.rawValue
            (description, recipe) = try TrainingSetup.model(
                named: modelFile, batch: command.recipe.batch, classes: format.classes.count)
        }
        let recipeBefore = recipe
        var note = try command.recipe.apply(to: &recipe)
        if resumed != nil, recipe.epochs != recipeBefore.epochs, case .step(let every, let factor) = recipe.schedule {
            note =
                "the schedule stays as the run began: the learning rate times \(factor) every \(NumberText.count(every, "epoch")), "
                + "whatever the number of epochs"
        }
        self.note = note
        continuedRecipe = resumed != nil && recipe != recipeBefore ? recipeBefore : nil
        do throws(RecipeError) {
            try recipe.validate(classes: format.classes.count)
        } catch {
            throw ValidationError(command.recipe.text(error))
        }
        self.recipe = recipe
        try command.division.apply(to: &division)
        self.division = division
        try TrainingSetup.checkFit(description, format, file: modelFile)
    }

    /// Checks that a model takes the data's windows and tells its classes apart; otherwise it is an error of its file.
    static func checkFit(
        _ description: ModelDescription, _ format: WindowFormat = UCIHAR.format, file: String
    ) throws(ModelFileError) {
        do {
            try description.requireFit(format)
        } catch {
            throw ModelFileError(file: file, reason: "\(error)")
        }
    }

    /// Binds a model to be trained; what does not fit is an error of the file that describes it.
    static func bind(_ description: ModelDescription, _ recipe: Recipe, file: String) throws(ModelFileError) -> Model {
        do {
            return try recipe.bind(description)
        } catch {
            throw ModelFileError(file: file, reason: "\(error)")
        }
    }

    /// The data as it was named on the command line, if it was.
    var dataPath: String? { dataArguments.data }

    /// A model of the study by its name, or of a model file, with its recipe.
    /// - Parameters:
    ///   - batch: The windows of a step where they are given, on which the study's recipes depend.
    ///   - classes: The classes that one of the study's models is to tell apart.
    static func model(
        named name: String, batch: Int? = nil, classes: Int = UCIHAR.activities.count
    ) throws -> (ModelDescription, Recipe) {
        if let study = StudyModel(rawValue: name) { return (study.description(classes: classes), study.recipe(batch: batch)) }
        guard name.hasSuffix(".json") else {
            throw CommandError(
                "no model is called '\(name)': use \(StudyModel.allCases.map(\.rawValue).joined(separator: ", ")) "
                    + "or a file that ends in .json")
        }
        let file = try ModelFile(reading: name)
        let recipe = try file.recipe(changing: StudyModel.cnn.recipe(batch: nil))
        try check(recipe, file: name, field: "training", classes: classes)
        return (file.description, recipe)
    }

    /// Checks the recipe of a file; what is wrong with it is an error of the file.
    private static func check(_ recipe: Recipe, file: String, field: String, classes: Int) throws(ModelFileError) {
        do throws(RecipeError) {
            try recipe.validate(classes: classes)
        } catch {
            throw ModelFileError(file: file, reason: "\(field): \(error)")
        }
    }

    /// Reads the data; where it is not that of the run to repeat, says so.
    /// - Parameter trialFolder: The folder of a dry run.
    /// - Returns: The run, and what the cache did, for the header.
    func plan(trialFolder: String?) throws -> (plan: RunPlan, note: String) {
        do {
            try publisher?.check(model: description.name)
        } catch {
            // Nothing has begun that would have to be saved.
            if let signal = Interruption.signal { throw Interrupted(signal: signal) }
            throw error
        }
        let reading = Stopwatch()
        let (data, note) = try dataArguments.load(fallback: dataFallback)
        if let recordedData, recordedData.hash != data.hash {
            Terminal.write(
                "warning: the data is not that of \(recordedData.file), so the result will not be the same: sha256 \(data.hash), "
                    + "there \(JSON.excerpt(of: recordedData.hash, limit: 64))\n", to: .standardError)
        }
        let place: RunPlan.Place =
            if let resumed {
                .resumed(resumed)
            } else if let trialFolder {
                .trial(trialFolder)
            } else if let out = options.out {
                .folder(out)
            } else {
                .numbered(in: "Checkpoints")
            }
        var plan = RunPlan(
            model: description, recipe: recipe, data: data, division: division, place: place, threads: options.threading.count,
            arguments: arguments ?? [Program.name] + CommandLine.arguments.dropFirst())
        plan.checkpointEvery = options.checkpointEvery
        plan.writesEvents = options.log == .tensorboard
        plan.publisher = publisher
        plan.inputSeconds = reading.seconds
        plan.dataPath = dataArguments.path(fallback: dataFallback)
        plan.continuedRecipe = continuedRecipe
        return (plan, note)
    }

    /// Prints the model's layers.
    func printSummary() throws {
        try printResult(ModelSummary.text(try recipe.bind(description)))
    }
}
