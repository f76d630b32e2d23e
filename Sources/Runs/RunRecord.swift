import Layers
import Models
import Platform
import StrictJSON
import TimeSeries
import Training

/// What a run was and what came of it: the content of run.json, written and read. A run can be repeated from it.
public struct RunRecord: Sendable {
    /// The model, without weights.
    public var description: ModelDescription
    /// How it was trained.
    public var recipe: Recipe
    /// The data.
    public var data: Data
    /// The arguments of the program that began the run.
    public var arguments: [String]
    /// The names of the classes, in the order of the outputs; empty in a record that was read and has no scores.
    public var classNames: [String]
    /// Trained values.
    public var parameterCount: Int?
    /// Floating-point operations of one prediction.
    public var operationsPerWindow: Int?
    /// Threads that worked.
    public var threads: Int?
    /// The machine.
    public var device: Device?
    /// The run's parts between its stops, in their order; empty in a record of an older version that says no machine.
    public var sessions: [Session] = []
    /// How far the run has come.
    public var progress = Progress()
    /// Why the run ended; nil while it goes on.
    public var end: RunEnd?
    /// The scores of the best weights; nil unless the run was scored: one that was interrupted or diverged is not.
    public var scores: Scores?
    /// The largest resident memory of the run's process so far, in bytes.
    public var peakMemoryBytes: Int?

    /// The record of a run that begins.
    public init(
        model: Model, recipe: Recipe, threads: Int, device: Device, data: Data, classNames: [String], arguments: [String]
    ) {
        description = model.description
        parameterCount = model.parameterCount
        operationsPerWindow = model.operationsPerRow
        self.recipe = recipe
        self.threads = threads
        self.device = device
        self.data = data
        self.classNames = classNames
        self.arguments = arguments
    }

    /// Whether training came to its own end.
    public var isFinished: Bool {
        switch end {
        case .finished, .patience, .targetAccuracy: true
        case .maximumTime, .interrupted, .diverged, nil: false
        }
    }
}

extension RunRecord {
    /// The record as run.json holds it.
    public var json: JSON {
        var object: JSONObject = [
            "program": .string("\(Program.name) \(Program.version)"),
            "compiler": .string(Program.compiler),
            "arguments": .array(arguments.map(JSON.string)),
            "status": .string(end?.status ?? "running"),
            "stop_reason": end.map { .string($0.rawValue) } ?? .null,
            "model": .string(description.name),
            "parameters": parameterCount.map(JSON.integer) ?? .null,
            "operations_per_window": operationsPerWindow.map(JSON.integer) ?? .null,
            "epochs": .integer(recipe.epochs),
            "epochs_done": .integer(progress.epochs),
            "best_epoch": progress.bestEpoch.map(JSON.integer) ?? .null,
            "batch": .integer(recipe.batch),
            "seed": .integer(Int(recipe.seed)),
            "threads": threads.map(JSON.integer) ?? .null,
            "device": device.map { .object($0.json) } ?? .null,
            "sessions": .array(sessions.map(\.json)),
            "data": .object(data.json),
            "training_seconds": .number(progress.trainingSeconds),
            "evaluation_seconds": .number(progress.evaluationSeconds),
            "io_seconds": .number(progress.inputOutputSeconds),
            "peak_memory_bytes": peakMemoryBytes.map(JSON.integer) ?? .null,
            "seconds_to_accuracy": .object(progress.milestones),
        ]
        if let scores {
            for member in scores.json(classNames: classNames).members { object.set(member.key, member.value) }
        }
        object.set("recipe", .object(recipe.json))
        object.set("model_description", .object(description.json))
        return .object(object)
    }

    /// Reads a run.json.
    ///
    /// What a run is repeated from must be there: "model_description", "recipe", "data" and "arguments". All else may be missing, as
    /// in the records of older versions, but not be of another kind. The fields "model", "epochs", "batch" and "seed" repeat a part of
    /// these for whoever reads the file and are not read here.
    /// - Parameter kinds: The layers that the model may have.
    /// - Throws: A `ModelFileError` that names the file and the field.
    public init(reading path: String, kinds: LayerKinds = .standard) throws(ModelFileError) {
        do {
            try self.init(
                json: try JSON.parse(try Files.read(path, limit: ModelFile.largestFile)), kinds: kinds)
        } catch {
            throw ModelFileError(file: path, error)
        }
    }

    init(json: JSON, kinds: LayerKinds = .standard) throws(JSONFieldError) {
        func part(_ key: String) throws(JSONFieldError) -> JSON {
            guard let value = json[key] else {
                throw JSONFieldError(context: "", problem: "'\(key)' is missing: this is not a run.json of hartrain")
            }
            return value
        }
        var model = try JSONFields(try part("model_description"), context: "model_description")
        description = try ModelDescription(fields: &model, kinds: kinds)
        try model.finish()
        var recipe = Recipe(epochs: 1, batch: 1, learningRate: 1)
        try recipe.apply(try part("recipe"), context: "recipe")
        self.recipe = recipe
        data = try Data(json: try part("data"))
        guard let words = [String](field: try part("arguments")) else {
            throw JSONFieldError(context: "", problem: "'arguments' must be \([String].fieldDescription)")
        }
        arguments = words
        var fields = try JSONFields(json, context: "")
        parameterCount = try fields.takeIfPresent("parameters")
        operationsPerWindow = try fields.takeIfPresent("operations_per_window")
        threads = try fields.takeIfPresent("threads")
        peakMemoryBytes = try fields.takeIfPresent("peak_memory_bytes")
        device = try fields.takeIfPresent("device", as: JSON.self).map { json throws(JSONFieldError) in try Device(json: json) }
        progress = try Progress(fields: &fields)
        if let list = try fields.takeIfPresent("sessions", as: [JSON].self) {
            for session in list { sessions.append(try Session(json: session)) }
        } else if let device {
            // Older versions kept the last session's machine only.
            let (epochs, seconds) = (progress.epochs, progress.trainingSeconds)
            sessions = [Session(device: device, threads: threads ?? 1, epochs: epochs, trainingSeconds: seconds)]
        }
        if let word = try fields.takeIfPresent("stop_reason", as: String.self) {
            guard let known = RunEnd(rawValue: word) else { throw fields.failure("stop_reason", mustBe: "a reason to stop") }
            end = known
        }
        scores = nil
        classNames = []
        if json["accuracy"] != nil { (scores, classNames) = try Scores.read(&fields, data: data) }
    }
}
