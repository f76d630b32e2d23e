import Layers
import Memory
import Platform
import StrictJSON
import TensorFiles
import TimeSeries

/// A trained model in a file: safetensors with the names and layouts of a PyTorch state_dict, the standardisation beside the weights,
/// and what a consumer needs to know as metadata.
public struct Checkpoint: Sendable {
    /// What a checkpoint says of itself besides the layers.
    public struct Details: Equatable, Sendable {
        /// What the windows hold that the model was trained on: channels in the order of its inputs, classes in that of its outputs.
        public var format: WindowFormat
        /// The epoch whose weights these are, from 1; 0 where none was evaluated.
        public var epoch: Int
        /// The accuracy on the validation windows; nil where none was evaluated.
        public var accuracy: Double?
        /// The seed of the training.
        public var seed: UInt64
        /// Where the training windows came from: "UCI HAR" or "synthetic".
        public var dataSource: String
        /// The SHA-256 of the data.
        public var dataHash: String
        /// Between which values the training windows' statistics lie, for telling windows that are not like them; nil where nobody said,
        /// as in checkpoints of earlier versions.
        public var ranges: WindowRanges?
        /// The program that wrote the file.
        public var version = Program.version

        /// Details of a checkpoint that this program writes.
        public init(
            format: WindowFormat, epoch: Int, accuracy: Double?, seed: UInt64, dataSource: String, dataHash: String,
            ranges: WindowRanges? = nil
        ) {
            self.format = format
            self.epoch = epoch
            self.accuracy = accuracy
            self.seed = seed
            self.dataSource = dataSource
            self.dataHash = dataHash
            self.ranges = ranges
        }
    }

    /// The model's input and layers.
    public let description: ModelDescription
    /// What the checkpoint says of itself.
    public let details: Details
    /// What training applied to the windows, and prediction must.
    public let standardization: Standardization
    /// The model, bound for prediction.
    public let model: Model
    /// The model's weights and running statistics.
    public let state: ModelState

    package static let meanName = "standardize.mean"
    package static let stdName = "standardize.std"
    /// The key under which PyTorch's tools look for who made a file.
    package static let formatKey = "format"
    /// The key under which a file says what model it is of.
    static let modelKey = "hartrain.model"
    /// The key of the training windows' ranges, which a file need not have.
    static let rangesKey = "hartrain.ranges"
    /// The name of a run's best weights in its folder.
    public static let bestFileName = "best.safetensors"
    /// The largest checkpoint that is read, in bytes.
    public static let largestFile = 1 << 30

    /// A checkpoint of a model's present values, which are not copied.
    public init(model: Model, state: ModelState, standardization: Standardization, details: Details) {
        description = model.description
        self.model = model
        self.state = state
        self.standardization = standardization
        self.details = details
    }

    /// Writes the checkpoint; a reader sees the old file or the whole new one.
    /// - Throws: A `FileError` where the file cannot be written, a `SafetensorsError` where it would not be valid.
    public func write(to path: String) throws {
        var file = SafetensorsStream(metadata: metadata)
        file.append(state, of: model)
        let shape = standardization.kind.shape(window: description.input).dimensions
        for (name, values) in [(Checkpoint.meanName, standardization.mean), (Checkpoint.stdName, standardization.std)] {
            file.tensors.append(SafetensorsStream.Tensor(SafetensorsTensor(name, shape: shape, values: values)))
        }
        try file.write(to: path)
    }

    /// What the checkpoint says of its model and training, key by key.
    package var metadata: OrderedMap<String> {
        var metadata: OrderedMap<String> = [
            Checkpoint.formatKey: "pt",
            "hartrain.version": details.version,
            Checkpoint.modelKey: JSON.object(description.json).serialized(),
            "hartrain.classes": JSON.array(details.format.classes.map(JSON.string)).serialized(),
            "hartrain.channels": JSON.array(details.format.channels.map(JSON.string)).serialized(),
            "hartrain.window": JSON.integer(description.input[0]).serialized(),
            "hartrain.units": JSON.array(details.format.units.map(JSON.string)).serialized(),
            "hartrain.sample_rate": (details.format.rate.map(JSON.number) ?? .null).serialized(),
            "hartrain.standardize": standardization.kind.rawValue,
            "hartrain.epoch": JSON.integer(details.epoch).serialized(),
            "hartrain.accuracy": (details.accuracy.map(JSON.number) ?? .null).serialized(),
            "hartrain.seed": JSON.integer(Int(details.seed)).serialized(),
            "hartrain.data_source": details.dataSource,
            "hartrain.data_hash": details.dataHash,
        ]
        if let ranges = details.ranges { metadata.set(Checkpoint.rangesKey, ranges.json.serialized()) }
        return metadata
    }

    /// Reads a checkpoint.
    /// - Parameters:
    ///   - maximumRows: The most windows that are predicted at a time.
    ///   - kinds: The layers that it may have.
    /// - Throws: A `ModelFileError` that says what is wrong: a file of another format, what is missing, unexpected or misshapen.
    public init(reading path: String, maximumRows: Int = 64, kinds: LayerKinds = .standard) throws {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, limit: Checkpoint.largestFile, waitsForPipes: true)
        } catch {
            throw ModelFileError(file: path, error)
        }
        try self.init(decoding: bytes, source: path, maximumRows: maximumRows, kinds: kinds)
    }

    /// Reads a checkpoint out of the bytes of its file.
    /// - Parameter source: What errors call the file.
    /// - Throws: As `init(reading:)`.
    public init(decoding bytes: [UInt8], source: String, maximumRows: Int = 64, kinds: LayerKinds = .standard) throws {
        let file: SafetensorsFile
        do throws(SafetensorsError) {
            file = try SafetensorsFile(decoding: bytes, source: source)
        } catch {
            let explained = ForeignFormat.explaining(error, bytes, source: source)
            guard NumPyArchive.isMeant(by: bytes), explained.reason == error.reason else { throw explained }
            throw ModelFileError(
                file: source,
                reason:
                    "is a ZIP archive, as .npz is, and no checkpoint: 'hartrain import \(source) --model NAME --out FILE' makes one of "
                    + "Keras's arrays")
        }
        try self.init(file, maximumRows: maximumRows, kinds: kinds)
    }

    private init(_ file: SafetensorsFile, maximumRows: Int, kinds: LayerKinds) throws {
        do {
            var fields = CheckpointMetadata(file.metadata)
            description = try fields.modelDescription(kinds)
            details = try fields.details(steps: description.input[0])
            model = try Model(description, maximumRows: maximumRows)
            guard model.classes == details.format.classes.count, description.input[1] == details.format.channels.count else {
                throw ModelFileError(
                    file: file.source,
                    reason: "the model has \(model.classes) classes and \(description.input[1]) channels, the metadata names "
                        + "\(details.format.classes.count) and \(details.format.channels.count)")
            }
            guard details.format.units.isEmpty || details.format.units.count == details.format.channels.count else {
                throw ModelFileError(
                    file: file.source,
                    reason: "the metadata names \(details.format.units.count) units for \(details.format.channels.count) channels"
                )
            }
            try fields.check(window: description.input[0])
            let others = [Checkpoint.meanName, Checkpoint.stdName]
            // Before any memory is taken: a file cannot ask for more than it holds.
            try file.check(model, besides: others)
            try model.requirePredictionMemory()
            state = ModelState(model)
            try file.load(into: state, of: model, besides: others)
            standardization = try file.standardization(window: description.input)
            try fields.check(standardization)
        } catch {
            throw ModelFileError(file: file.source, error)
        }
    }
}
