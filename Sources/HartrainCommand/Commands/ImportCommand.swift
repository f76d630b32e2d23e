import CommandSupport
import ArgumentParser
import HAR
import Layers
import Models
import Platform
import TimeSeries

/// Makes a checkpoint of weights that another program trained.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a checkpoint of weights that PyTorch or Keras trained.",
        discussion: """
            FILE is a PyTorch state_dict in safetensors, with names and shapes as in
            'hartrain info' of the model's weights, or an .npz file with the arrays of
            Keras's get_weights(): named as 'hartrain export --to npz' names them, or
            arr_0, arr_1 ... in the order of the layers, as numpy.savez(file, *weights)
            writes them. Names and shapes must fit the model exactly; what a wrapper put
            before all names ("module.", "_orig_mod.", "model.", "net.") is taken off,
            and floats of 16 and 64 bits are converted.

            What training did to the windows travels with the weights: as
            standardize.mean and standardize.std in FILE (standardize/mean and
            standardize/std in .npz), else as --standardize says. Weights do not say
            how a model pads, or the epsilon of its batch normalisation: what the model
            had to decide is printed as a note where another answer fits them as well.

            EXAMPLES
              hartrain import state.safetensors --model cnn --standardize channel-step \\
                  --out cnn.safetensors
              hartrain import weights.npz --model lstm --standardize none \\
                  --out lstm.safetensors
            """)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The model: \(StudyModel.allCases.map(\.rawValue).joined(separator: ", ")), or a JSON file that describes one.",
            valueName: "name|file.json"))
    var model: String
    @Option(
        name: [.long, .short], help: ArgumentHelp("The checkpoint, which is replaced where it exists.", valueName: "file"))
    var out: String
    @Option(
        help: "Standardise by the statistics of all training windows of --data, or not at all; where FILE does not say.")
    var standardize: Standardization.Kind?
    @OptionGroup var data: DataArguments
    @Argument(help: ArgumentHelp("The weights: .safetensors or .npz.", valueName: "file"))
    var file: String

    func run() throws {
        let (description, _) = try TrainingSetup.model(named: model)
        try TrainingSetup.checkFit(description, file: model)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(file, limit: Checkpoint.largestFile, waitsForPipes: true)
        } catch {
            throw ModelFileError(file: file, error)
        }
        let weights = try ImportedWeights(decoding: bytes, source: file, as: description)
        let (standardization, ranges) = try statistics(for: weights)
        let checkpoint = Checkpoint(
            model: weights.model, state: weights.state, standardization: standardization,
            details: Checkpoint.Details(
                format: UCIHAR.format, epoch: 0,
                accuracy: nil, seed: 0, dataSource: "imported", dataHash: "unknown", ranges: ranges))
        try checkpoint.write(to: out)
        for note in weights.notes { Terminal.write("note: \(file): \(note)\n", to: .standardError) }
        try printResult(out + "\n")
    }

    /// What the file says, or the option; with the ranges of the training windows where these are read for it.
    private func statistics(for weights: ImportedWeights) throws -> (Standardization, WindowRanges?) {
        if let found = weights.standardization {
            guard standardize == nil else {
                throw CommandError("\(file) holds its own standardisation: leave out --standardize")
            }
            return (found, nil)
        }
        guard let standardize else {
            throw CommandError(
                "\(file) does not say how its windows were standardised: add --standardize none, or --standardize channel-step or "
                    + "channel for the statistics of the training windows of --data")
        }
        guard standardize != .none else { return (.none, nil) }
        let training = try data.load().data.train
        return (try Standardization(of: training, kind: standardize), WindowRanges(of: training))
    }
}
