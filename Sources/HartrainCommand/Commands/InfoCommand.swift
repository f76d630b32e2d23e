import CommandSupport
import ArgumentParser
import HAR
import Kernels
import Layers
import LinearAlgebra
import Models
import Platform
import Runs
import StrictJSON
import Training

/// Describes the program and the machine, a model, or a file of weights.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show program and machine, the layers of a model, or what a file of weights holds.",
        discussion: """
            EXAMPLES
              hartrain info
              hartrain info --model cnn-inception
              hartrain info Checkpoints/pretrained/cnn/best.safetensors
            """)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("A model of the study, or a JSON file that describes one.", valueName: "name|file.json"))
    var model: String?
    @Flag(help: "Print one JSON object.")
    var json = false
    @OptionGroup(title: "Object store, for s3:// weights")
    var store: StoreArguments
    @Argument(help: ArgumentHelp("Weights: a file, a run folder, or an s3:// place.", valueName: "place"))
    var file: String?

    func validate() throws {
        guard file == nil || model == nil else { throw ValidationError("give a file or --model, not both") }
    }

    func run() throws {
        let text: String
        if let file {
            let checkpoint = try Weights(file, store).checkpoint()
            text = json ? checkpointJSON(checkpoint) : checkpointText(checkpoint)
        } else if let name = model {
            let (description, recipe) = try TrainingSetup.model(named: name)
            let bound = try TrainingSetup.bind(description, recipe, file: name)
            text = json ? JSON.object(description.json).serialized(pretty: true) + "\n" : ModelSummary.text(bound)
        } else {
            text = json ? machineJSON() : machineText()
        }
        try printResult(text)
    }

    private func machineText() -> String {
        let machine = Machine.current()
        var text = """
            \(Program.name) \(Program.version)
            machine   \(machine.cpu), \(machine.architecture), \(NumberText.count(machine.cores, "core")) for this process
            memory    \(NumberText.bytes(machine.memoryBytes))
            system    \(machine.system), \(machine.kernel)
            kernels   \(KernelSet.current) (HARTRAIN_KERNELS chooses another)

            """
        do throws(BLASError) {
            try BLAS.load()
            text += "BLAS      \(BLAS.configuration ?? "")\n"
            text += "core      \(BLAS.coreName ?? "") (OPENBLAS_CORETYPE chooses another)\n"
        } catch {
            text += "BLAS      none: \(error); only 'bench' needs it, for the sgemm peak\n"
        }
        text += """
            threads   \(machine.cores) by default; BLAS itself always 1

            models

            """
        for model in StudyModel.allCases {
            let space = String(repeating: " ", count: 15 - model.rawValue.count)
            text += "  \(model.rawValue)\(space)\(model.summary)\n"
        }
        return text
    }

    private func machineJSON() -> String {
        var object: JSONObject = ["program": .string("\(Program.name) \(Program.version)")]
        // Of the machine, not of work: null where OpenBLAS cannot be loaded.
        try? BLAS.load()
        object.set("device", .object(RunRecord.Device.current(blas: BLAS.name).json))
        object.set("models", .array(StudyModel.allCases.map { .string($0.rawValue) }))
        return JSON.object(object).serialized(pretty: true) + "\n"
    }

    private func facts(_ checkpoint: Checkpoint) -> [(String, JSON)] {
        let details = checkpoint.details
        return [
            ("model", .string(checkpoint.description.name)), ("parameters", .integer(checkpoint.model.parameterCount)),
            ("window", .array(checkpoint.description.input.dimensions.map(JSON.integer))),
            ("sample_rate", details.format.rate.map(JSON.number) ?? .null),
            ("channels", .array(details.format.channels.map(JSON.string))),
            ("classes", .array(details.format.classes.map(JSON.string))), ("epoch", .integer(details.epoch)),
            ("validation_accuracy", details.accuracy.map(JSON.number) ?? .null), ("seed", .integer(Int(details.seed))),
            ("data_source", .string(details.dataSource)), ("data_hash", .string(details.dataHash)),
            ("standardize", .string(checkpoint.standardization.kind.rawValue)), ("version", .string(details.version)),
        ]
    }

    private func checkpointJSON(_ checkpoint: Checkpoint) -> String {
        var object = JSONObject()
        for (key, value) in facts(checkpoint) { object.set(key, value) }
        let summary = StandardizationSummary(checkpoint)
        if !summary.channels.isEmpty { object.set("standardization", summary.json) }
        object.set("ranges", checkpoint.details.ranges?.json ?? .null)
        return JSON.object(object).serialized(pretty: true) + "\n"
    }

    private func checkpointText(_ checkpoint: Checkpoint) -> String {
        var text = facts(checkpoint).map { key, value in
            let words = value.asString ?? value.asArray?.map { $0.asString ?? $0.serialized() }.joined(separator: " ")
            return key + String(repeating: " ", count: 21 - key.count) + (words ?? value.serialized()) + "\n"
        }.joined()
        var table = TextTable(["tensor", "shape"])
        for parameter in checkpoint.model.parameters { table.add([parameter.name, "\(parameter.fileShape)"]) }
        let summary = StandardizationSummary(checkpoint)
        if !summary.channels.isEmpty { text += "\n" + summary.text }
        text += "\n" + RangesSummary.text(checkpoint.details)
        text += "\n" + table.text + "\n" + ModelSummary.text(checkpoint.model)
        return text
    }
}
