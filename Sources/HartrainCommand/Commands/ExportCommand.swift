import CommandSupport
import ArgumentParser
import Models
import Platform
import TensorFiles

#if ONNX
    import ONNX
#endif

/// Writes weights in a format of other tools.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write trained weights as ONNX, safetensors or NumPy arrays.",
        discussion: """
            onnx         the whole model: raw windows [batch, steps, channels] in,
                         probabilities out; standardisation and softmax are inside
            safetensors  the checkpoint as it is: a PyTorch state_dict, with
                         standardize.mean and standardize.std beside the weights
            npz          arrays with the names, shapes and order of Keras, with
                         standardize/mean and standardize/std and the epsilons
                         of batch normalisation; without metadata

            EXAMPLES
              hartrain export Checkpoints/cnn-1 --to onnx
              hartrain export best.safetensors --to npz --out weights.npz
            """)

    /// The formats.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case onnx, safetensors, npz
    }

    @Option(help: "The format.")
    var to: Format
    @Option(
        name: [.long, .short],
        help: ArgumentHelp("The file, which is replaced where it exists. (default: <model>.<format>)", valueName: "file"))
    var out: String?
    @OptionGroup(title: "Object store, for s3:// weights")
    var store: StoreArguments
    @Argument(
        help: ArgumentHelp(
            "The weights: a run folder, a .safetensors file written by hartrain, or an s3:// place.", valueName: "run-or-file"))
    var source: String

    func run() throws {
        let weights = try Weights(source, store)
        let checkpoint = try weights.checkpoint(maximumRows: 1)
        let path = out ?? "\(checkpoint.description.name).\(to.rawValue)"
        let bytes: [UInt8] =
            switch to {
            case .onnx: try onnx(checkpoint, weights)
            case .safetensors: weights.bytes
            case .npz: NumPyArchive(checkpoint).encoded
            }
        try Files.writeAtomically(bytes, to: path)
        try printResult(path + "\n")
    }

    private func onnx(_ checkpoint: Checkpoint, _ weights: Weights) throws -> [UInt8] {
        #if ONNX
            do {
                return try ONNXModel(checkpoint, weightsHash: SHA256.hex(of: weights.bytes)).encoded()
            } catch {
                throw CommandError("\(weights.source): \(error)")
            }
        #else
            throw CommandError(
                "this build of hartrain has no ONNX: build it with 'swift build -c release --product hartrain --traits ONNX'")
        #endif
    }
}
