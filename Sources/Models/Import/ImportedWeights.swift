import Layers
import Memory
import StrictJSON
import TensorFiles
import TimeSeries

/// Weights that another program trained, for a model of this one: a PyTorch state_dict in safetensors, or Keras-ordered arrays in .npz.
///
/// In safetensors, names and layouts are those of a checkpoint; a second LSTM bias is added to the first, and PyTorch's counts of
/// batches are passed over. In .npz they are Keras's, or `arr_0`, `arr_1` ... in the order of the layers. Either may hold the
/// standardisation, as `standardize.mean` and `.std` or `standardize/mean` and `/std`.
public struct ImportedWeights: Sendable {
    public let model: Model
    public let state: ModelState
    /// What the file says that training applied to the windows, or nil where it says nothing.
    public let standardization: Standardization?

    /// Reads a file strictly.
    /// - Parameter source: What errors call the file.
    /// - Throws: A `ModelFileError` that lists everything that is missing, unexpected or misshapen.
    public init(decoding bytes: [UInt8], source: String, as description: ModelDescription) throws(ModelFileError) {
        do {
            model = try Model(description, maximumRows: 1)
            state = ModelState(model)
            standardization =
                NumPyArchive.isMeant(by: bytes)
                ? try ImportedWeights.load(NumPyArchive(decoding: bytes, source: source), into: state, of: model)
                : try ImportedWeights.load(SafetensorsFile(decoding: bytes, source: source), into: state, of: model)
        } catch {
            throw ModelFileError(file: source, error)
        }
    }

    private static func load(_ file: SafetensorsFile, into state: ModelState, of model: Model) throws -> Standardization? {
        let own = [Checkpoint.meanName, Checkpoint.stdName]
        let counts = model.parameters.compactMap { parameter in
            parameter.name.hasSuffix(".running_mean")
                ? parameter.name.replacing("running_mean", with: "num_batches_tracked") : nil
        }
        try file.load(into: state, of: model, besides: own + counts)
        guard file.tensors.contains(where: { own.contains($0.name) }) else { return nil }
        return try Standardization(
            mean: file.floats(Checkpoint.meanName), std: file.floats(Checkpoint.stdName), window: model.description.input)
    }

    private static func load(_ archive: NumPyArchive, into state: ModelState, of model: Model) throws -> Standardization? {
        let own = [KerasArrays.meanName, KerasArrays.stdName]
        try archive.load(into: state, of: model, besides: own)
        guard archive.arrays.contains(where: { own.contains($0.name) }) else { return nil }
        return try Standardization(
            mean: archive.finiteValues(KerasArrays.meanName), std: archive.finiteValues(KerasArrays.stdName),
            window: model.description.input)
    }
}
