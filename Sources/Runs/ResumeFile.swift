import Layers
import Memory
import Models
import Platform
import StrictJSON
import TensorFiles
import TimeSeries
import Training

/// Everything that a stopped run needs to end in the same bits: weights, best weights, optimizer state and progress.
///
/// One file, replaced as a whole, is the truth about a run: a kill between two checkpoints loses only the steps since the last.
public struct ResumeFile: Sendable {
    /// The file's name in a run folder.
    public static let name = "resume.safetensors"

    /// Which data, model and recipe the run is of; a run is resumed with the same only.
    public struct Identity: Equatable, Sendable {
        /// The SHA-256 of the data.
        public let dataHash: String
        /// The model as JSON.
        public let modelDescription: String
        /// The recipe as JSON.
        public let recipe: String
        /// How the windows are divided and standardised, as JSON.
        public let division: String
        /// The names of the classes in the order of their labels, as JSON.
        public let classes: String

        /// The identity of a run, of the parts of its run record.
        public init(dataHash: String, modelDescription: JSON, recipe: JSON, division: JSON, classes: [String]) {
            self.dataHash = dataHash
            self.modelDescription = modelDescription.serialized()
            self.recipe = recipe.serialized()
            self.division = division.serialized()
            self.classes = JSON.array(classes.map(JSON.string)).serialized()
        }
    }

    /// The floats of memory that writing a file takes: of its largest tensor, since one is made at a time, or of the largest piece of the
    /// optimizer's state.
    static func floats(_ model: Model) -> Int {
        max(model.parameters.map(\.shape.count).max() ?? 0, optimizerPiece)
    }

    /// The floats of the optimizer's state that are written at a time.
    private static let optimizerPiece = 1 << 18

    /// Writes the state of a run; a reader sees the old file or the whole new one.
    /// - Throws: A `SafetensorsError` where the file cannot be written.
    public static func write(_ trainer: Trainer, identity: Identity, to path: String) throws {
        var file = SafetensorsStream()
        file.metadata = [
            "hartrain.version": Program.version,
            progressKey: JSON.object(trainer.progress.json).serialized(),
            "hartrain.data_hash": identity.dataHash,
            "hartrain.model": identity.modelDescription,
            "hartrain.recipe": identity.recipe,
            "hartrain.data_options": identity.division,
            classesKey: identity.classes,
        ]
        let model = trainer.step.model
        file.append(trainer.step.state, of: model)
        file.append(trainer.bestState, of: model, prefix: bestPrefix)
        file.tensors.append(optimizerState(trainer.step.optimizerState))
        let digest = digest(progress: file.metadata[progressKey], tensors: file.tensors.map(\.name)) { index, update in
            file.tensors[index].forEachPiece(update)
        }
        file.metadata.set(digestKey, digest)
        try file.write(to: path)
    }

    private static let progressKey = "hartrain.progress"
    /// Files of older versions, which knew UCI HAR's activities only, do not have it.
    private static let classesKey = "hartrain.classes"
    static let digestKey = "hartrain.sha256"
    private static let optimizer = "optimizer.state"
    /// Stands before the names of the best weights, which are in the file beside the present ones.
    private static let bestPrefix = "best."

    /// Checks that no tensor of a model has the name that another has among the best weights: "best.a.weight" of a layer "best.a" is
    /// that of the best weights of a layer "a".
    /// - Throws: A `ModelError` that names the layer.
    static func requireDistinctNames(_ model: Model) throws(ModelError) {
        let names = Set(model.parameters.map(\.name))
        for parameter in model.parameters where names.contains(bestPrefix + parameter.name) {
            throw ModelError(
                layer: "",
                reason:
                    "the tensor \(bestPrefix + parameter.name) has the name of \(parameter.name)'s best values in the file that a "
                    + "run is resumed from: rename the layer that begins with \"best\"")
        }
    }

    /// The SHA-256 of all that a run goes on from: the progress, and the tensors with their names.
    static func digest(of file: SafetensorsFile) -> String {
        digest(progress: file.metadata[progressKey], tensors: file.tensors.map(\.name)) { index, update in
            update(file.tensors[index].bytes)
        }
    }

    /// The same of tensors that are made piece by piece.
    private static func digest(
        progress: String?, tensors names: [String], _ pieces: (Int, ([UInt8]) -> Void) -> Void
    ) -> String {
        var hash = SHA256()
        hash.update(Array((progress ?? "").utf8))
        for (index, name) in names.enumerated() {
            hash.update(Array(name.utf8))
            pieces(index) { hash.update($0) }
        }
        return hash.hex()
    }

    /// The values of an arena as a vector.
    private static func optimizerState(_ arena: Arena) -> SafetensorsStream.Tensor {
        let pieces = (arena.count + optimizerPiece - 1) / optimizerPiece
        return SafetensorsStream.Tensor(optimizer, type: .float32, shape: [arena.count], pieces: pieces) { index in
            let start = index * optimizerPiece
            let part = arena.all.part(from: start, count: min(optimizerPiece, arena.count - start))
            return unsafe arena.read(part).withUnsafeBytes { unsafe Array($0) }
        }
    }

    /// Puts a trainer where a run stopped.
    /// - Parameter recipe: The recipe of the run until then; nil: the trainer's.
    /// - Throws: A `SafetensorsError` where the file is not a safetensors file, a `ModelFileError` where it does not belong to this run
    ///   (other data, another model or recipe) or its values are wrong; the trainer must not be used then.
    public static func read(_ path: String, into trainer: Trainer, recipe: Recipe? = nil, identity: Identity) throws {
        let file = try SafetensorsFile.read(path, limit: Checkpoint.largestFile)
        do {
            for (key, title, expected) in [
                ("data_hash", "data", identity.dataHash), ("model", "model", identity.modelDescription),
                ("recipe", "recipe", identity.recipe), ("data_options", "split or standardisation", identity.division),
            ] {
                guard let stored = file.metadata["hartrain.\(key)"] else {
                    throw ModelFileError(
                        file: path, reason: "no \"hartrain.\(key)\" in the metadata: this is not a resume file")
                }
                // Division reads what older versions called its parts.
                guard stored == expected || key == "data_options" && ResumeFile.isDivision(stored, equalTo: expected) else {
                    throw ModelFileError(
                        file: path,
                        reason: "the run's \(title) differs: it was \(JSON.excerpt(of: stored, limit: 400)), it is "
                            + "\(expected)")
                }
            }
            if let classes = file.metadata[classesKey], classes != identity.classes {
                throw ModelFileError(
                    file: path,
                    reason: "the names of the classes differ: they were \(JSON.excerpt(of: classes, limit: 400)), they are "
                        + "\(identity.classes)")
            }
            guard file.metadata[digestKey] == digest(of: file) else {
                throw ModelFileError(
                    file: path,
                    reason: "its \(digestKey) is not that of its content: the file is damaged, and the run cannot be resumed")
            }
            let progress = try TrainingProgress(json: try JSON.parse(file.metadata[progressKey] ?? ""), context: "progress")
            if let problem = progress.problem(in: trainer, recipe: recipe ?? trainer.recipe) {
                throw ModelFileError(file: path, reason: "progress: \(problem)")
            }
            let model = trainer.step.model
            let best = model.parameters.flatMap { [bestPrefix + $0.name] + ($0.addend.map { [bestPrefix + $0] } ?? []) }
            let own = model.parameters.flatMap { [$0.name] + ($0.addend.map { [$0] } ?? []) }
            let state = try file.finiteFloats(optimizer)
            guard state.count == trainer.step.optimizerState.count else {
                throw ModelFileError(
                    file: path, reason: "\(optimizer) has \(state.count) values, must have \(trainer.step.optimizerState.count)")
            }
            try file.load(into: trainer.step.state, of: model, besides: best + [optimizer])
            try file.load(into: trainer.bestState, of: model, prefix: bestPrefix, besides: own + [optimizer])
            let arena = trainer.step.optimizerState
            var target = arena.write(arena.all)
            for i in state.indices { target[i] = state[i] }
            trainer.resume(progress)
        } catch {
            throw ModelFileError(file: path, error)
        }
    }
}

extension ResumeFile {
    /// Whether a text is a division, in the words of any version, that is written as another now.
    private static func isDivision(_ text: String, equalTo current: String) -> Bool {
        guard let json = try? JSON.parse(text), var fields = try? JSONFields(json, context: "") else { return false }
        var division = Division()
        guard (try? division.take(from: &fields)) != nil, (try? fields.finish()) != nil else { return false }
        return JSON.object(division.json).serialized() == current
    }
}

extension TrainingProgress {
    /// Why no run of this trainer can stand where the progress says, or nil.
    fileprivate func problem(in trainer: Trainer, recipe: Recipe) -> String? {
        // A run is within its epochs and batches, and has taken as many steps as those before.
        guard epoch <= recipe.epochs, batch <= trainer.stepsPerEpoch, step == epoch * trainer.stepsPerEpoch + batch,
            batch == 0 || (epoch < recipe.epochs && endedBy == nil)
        else { return "epoch \(epoch), batch \(batch) and step \(step) do not belong together" }
        guard epochRows == trainer.rows(batches: batch), epochCorrect <= epochRows, batch > 0 || epochLoss == 0 else {
            return
                "\(epochRows) rows, \(epochCorrect) of them right, with a loss of \(epochLoss) cannot be after \(batch) batches"
        }
        let isLastExtra = epoch == recipe.epochs && !epoch.isMultiple(of: recipe.evaluateEvery)
        let evaluations = epoch / recipe.evaluateEvery + (isLastExtra ? 1 : 0)
        // A run that was continued may have been evaluated once more, at its first end.
        let most = evaluations + (recipe.evaluateEvery > 1 ? 1 : 0)
        guard best != nil || evaluations == 0, best == nil || most > 0, best?.epoch ?? 0 <= epoch, evaluationsWithoutGain <= most
        else {
            return "the best epoch \(best?.epoch ?? 0) and \(evaluationsWithoutGain) evaluations without gain cannot be after "
                + "\(epoch) epochs with \(evaluations) evaluations"
        }
        let isRight =
            switch endedBy {
            case nil: true
            case .finished: epoch == recipe.epochs
            case .patience: recipe.patience.map { evaluationsWithoutGain >= $0 } ?? false
            case .targetAccuracy: recipe.targetAccuracy.map { best?.accuracy ?? 0 >= $0 } ?? false
            // Training can go on.
            case .stopped: false
            }
        return isRight ? nil : "a run cannot have ended by '\(endedBy?.rawValue ?? "")' after epoch \(epoch)"
    }
}
