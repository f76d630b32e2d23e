import Layers
import Memory
import Models
import Platform
import StrictJSON
import TimeSeries
import Training

/// What a run was and what came of it: the content of run.json. A run can be repeated from it.
public struct RunRecord: Sendable {
    /// The data and how its windows were divided.
    public struct Data: Equatable, Sendable {
        /// "UCI HAR" or "synthetic".
        public var source: String
        /// The SHA-256 of all windows, labels and volunteers.
        public var hash: String
        /// How the windows were divided and standardised.
        public var division: Division
        /// Windows learnt from.
        public var trainingWindows: Int
        /// Windows that decided which weights are best.
        public var validationWindows: Int
        /// Windows of volunteers never trained on.
        public var testWindows: Int

        /// A record of data that has been divided.
        public init(
            source: String, hash: String, division: Division, trainingWindows: Int, validationWindows: Int, testWindows: Int
        ) {
            self.source = source
            self.hash = hash
            self.division = division
            self.trainingWindows = trainingWindows
            self.validationWindows = validationWindows
            self.testWindows = testWindows
        }
    }

    /// The model.
    public var description: ModelDescription
    /// Trained values.
    public var parameterCount: Int
    /// Floating-point operations of one prediction.
    public var operationsPerWindow: Int
    /// How it was trained.
    public var recipe: Recipe
    /// Threads that worked.
    public var threads: Int
    /// The machine.
    public var device: Device
    /// The data.
    public var data: Data
    /// The names of the classes, in the order of the outputs.
    public var classNames: [String]
    /// The program's arguments.
    public var arguments: [String]
    /// How far the run has come.
    public var progress = TrainingProgress()
    /// Why the run ended; nil while it goes on.
    public var stopReason: StopReason?
    /// The scores of the best weights; nil until the run has ended.
    public var scores: Scores?

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

    /// "running", "stopped" (it can be resumed), "diverged" or "finished".
    private var status: String {
        switch stopReason {
        case nil: "running"
        case .diverged: "diverged"
        case .interrupted, .maximumTime: "stopped"
        case .finished, .patience, .targetAccuracy: "finished"
        }
    }

    /// The record as run.json holds it.
    public var json: JSON {
        var object: JSONObject = [
            "program": .string("\(Program.name) \(Program.version)"),
            "compiler": .string(Program.compiler),
            "arguments": .array(arguments.map(JSON.string)),
            "status": .string(status),
            "stop_reason": stopReason.map { .string($0.rawValue) } ?? .null,
            "model": .string(description.name),
            "parameters": .integer(parameterCount),
            "operations_per_window": .integer(operationsPerWindow),
            "epochs": .integer(recipe.epochs),
            "epochs_done": .integer(progress.epoch),
            "best_epoch": progress.best.map { .integer($0.epoch) } ?? .null,
            "batch": .integer(recipe.batch),
            "seed": .integer(Int(recipe.seed)),
            "threads": .integer(threads),
            "device": .object(device.json),
            "data": .object(data.json),
            "training_seconds": .number(progress.trainingSeconds),
            "evaluation_seconds": .number(progress.evaluationSeconds),
            "io_seconds": .number(progress.inputOutputSeconds),
            "peak_memory_bytes": .integer(Machine.peakResidentBytes()),
        ]
        var milestones = JSONObject()
        for (index, milestone) in TrainingProgress.milestones.enumerated() {
            milestones.set(milestone.label, progress.secondsToAccuracy[index].map(JSON.number) ?? .null)
        }
        object.set("seconds_to_accuracy", .object(milestones))
        if let scores {
            for member in scores.json(classNames: classNames).members { object.set(member.key, member.value) }
        }
        object.set("recipe", .object(recipe.json))
        object.set("model_description", .object(description.json))
        return .object(object)
    }
}

extension RunRecord.Data {
    /// The data as run.json holds it.
    public var json: JSONObject {
        var object: JSONObject = [
            "source": .string(source), "hash": .string(hash),
            "windows": [
                "train": .integer(trainingWindows), "validation": .integer(validationWindows), "test": .integer(testWindows),
            ],
        ]
        for member in division.json.members { object.set(member.key, member.value) }
        return object
    }
}
