import Layers
import Models
import ObjectStore
import Platform

/// Publishes weights under a prefix of a store.
public struct Publisher: Sendable {
    private let prefix: ObjectURL
    private let store: ModelStore

    /// Publishes under a prefix: "s3://models/har"; the store is not asked yet.
    public init(_ prefix: ObjectURL, _ store: ModelStore) {
        self.prefix = prefix
        self.store = store
    }

    /// Finds out whether a model can be published.
    /// - Throws: An `ObjectStoreError`.
    public func check(model: String) throws(ObjectStoreError) {
        try store.checkAccess(to: prefix, model: model)
    }

    /// Publishes a file of weights, or the best ones of a run folder together with its record and report.
    /// - Parameter kinds: The layers that their model may have.
    /// - Throws: A `ModelFileError` where the file is no checkpoint of this program, a `FileError`, an `ObjectStoreError`.
    public func publish(_ place: String, kinds: LayerKinds = .standard) throws -> ModelStore.Publication {
        let folder = RunFolder(existing: place)
        let isRun = Files.isFolder(place)
        let file = isRun ? folder.best : place
        let weights = try Files.read(file, limit: Checkpoint.largestFile)
        let model = try Checkpoint(decoding: weights, source: file, maximumRows: 1, kinds: kinds).description.name
        var attachments: [(name: String, bytes: [UInt8])] = []
        for (name, path) in [("run.json", folder.record), ("report.md", folder.report)] where isRun && Files.exists(path) {
            attachments.append((name, try Files.read(path)))
        }
        return try store.publish(
            weights, model: model, attachments: attachments, under: prefix, program: "\(Program.name) \(Program.version)")
    }
}
