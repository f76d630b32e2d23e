import Layers
import Memory
import StrictJSON
import TensorFiles
import TimeSeries

/// Weights that another program trained, for a model of this one: a PyTorch state_dict in safetensors, or Keras-ordered arrays in .npz.
///
/// In safetensors, names and layouts are those of a checkpoint (see `StateDictionary` for what may differ); a second LSTM bias is added to
/// the first, and PyTorch's counts of batches are passed over. In .npz they are Keras's, or `arr_0`, `arr_1` ... in the order of the
/// layers. Either may hold the standardisation, as `standardize.mean` and `.std` or `standardize/mean` and `/std`.
public struct ImportedWeights: Sendable {
    public let model: Model
    public let state: ModelState
    /// What the file says that training applied to the windows, or nil where it says nothing.
    public let standardization: Standardization?
    /// What was changed on the way, and what the file does not say and the model had to: for the user to check.
    public let notes: [String]

    /// Reads a file strictly.
    ///
    /// No memory is taken for a model or for arrays before the names and shapes in the file are known to be those of the model.
    /// - Parameter source: What errors call the file.
    /// - Throws: A `ModelFileError` that lists everything that is missing, unexpected or misshapen, or for a file of another format names
    ///   the format and the command that makes one that is read.
    public init(decoding bytes: [UInt8], source: String, as description: ModelDescription) throws(ModelFileError) {
        do {
            let model = try Model(description, maximumRows: 1)
            let content =
                NumPyArchive.isMeant(by: bytes)
                ? try ImportedWeights.keras(bytes, source: source, model)
                : try ImportedWeights.pyTorch(bytes, source: source, model)
            self.model = model
            (state, standardization, notes) = content
        } catch {
            throw ForeignFormat.explaining(error, bytes, source: source)
        }
    }

    /// What a file gives.
    private typealias Content = (state: ModelState, standardization: Standardization?, notes: [String])

    private static func pyTorch(_ bytes: [UInt8], source: String, _ model: Model) throws -> Content {
        let dictionary = try StateDictionary(SafetensorsFile(decoding: bytes, source: source), of: model)
        let file = dictionary.file
        let own = [Checkpoint.meanName, Checkpoint.stdName]
        let counts = model.parameters.compactMap { parameter in
            parameter.name.hasSuffix(".running_mean")
                ? parameter.name.replacing("running_mean", with: "num_batches_tracked") : nil
        }
        try file.check(model, besides: own + counts)
        try model.requirePredictionMemory(besides: 2 * bytes.count)
        let state = ModelState(model)
        try file.load(into: state, of: model, besides: own + counts)
        // A checkpoint of the same model says how it computes.
        let isOurs = file.metadata[Checkpoint.modelKey] == JSON.object(model.description.json).serialized()
        let notes = dictionary.notes + (isOurs ? [] : ImportConventions(model).pyTorch)
        guard file.tensors.contains(where: { own.contains($0.name) }) else { return (state, nil, notes) }
        return (state, try file.standardization(window: model.description.input), notes)
    }

    private static func keras(_ bytes: [UInt8], source: String, _ model: Model) throws -> Content {
        let outline = try NumPyArchive.outline(of: bytes, source: source)
        let keras = KerasArrays(model)
        let names = try keras.names(in: outline)
        // The model says how many values there can be, whatever the archive says that it unpacks to.
        let limit =
            keras.items.reduce(0) { $0 + NumPyArchive.mostBytes(elements: $1.parameter.shape.count) }
            + outline.count * NumPyArchive.mostBytes(elements: 1)
            + 2 * NumPyArchive.mostBytes(elements: model.description.input.count)
        try model.requirePredictionMemory(besides: bytes.count + 2 * limit)
        let archive = try NumPyArchive(decoding: bytes, source: source, limit: limit, isConverting: true)
        let state = ModelState(model)
        for (item, name) in zip(keras.items, names) { state.set(item.parameter, to: try archive.finiteValues(name)) }
        let conventions = ImportConventions(model)
        var notes: [String] = []
        if let note = StateDictionary.note(
            converting: outline.filter { $0.type != NumPyArchive.floatType }.map(\.type), of: "array")
        {
            notes.append(note)
        }
        notes += try conventions.keras(archive)
        let own = [KerasArrays.meanName, KerasArrays.stdName]
        guard archive.arrays.contains(where: { own.contains($0.name) }) else { return (state, nil, notes) }
        func stored(_ name: String) throws -> Standardization.Stored {
            (archive[name]?.shape ?? [], try archive.finiteValues(name))
        }
        let standardization = try Standardization(
            mean: stored(KerasArrays.meanName), std: stored(KerasArrays.stdName), window: model.description.input)
        return (state, standardization, notes)
    }
}
