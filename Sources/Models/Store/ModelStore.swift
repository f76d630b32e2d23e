import ObjectStore
import Platform

/// Trained models in an object store: versions under keys that name their content, and a pointer to the latest.
///
///     prefix/cnn/<SHA-256>/model.safetensors
///     prefix/cnn/<SHA-256>/run.json
///     prefix/cnn/latest.json
///
/// The pointer is written last, so a reader finds a whole version, the old one or the new one, whenever it comes.
public struct ModelStore: Sendable {
    /// A model that has been published.
    public struct Publication: Equatable, Sendable {
        /// The weights.
        public let weights: ObjectURL
        /// The pointer that leads to them until another version is published.
        public let latest: ObjectURL
        /// The SHA-256 of the weights.
        public let sha256: String
    }

    /// An object that has been read.
    public struct Download: Sendable {
        /// The object: where a pointer was asked for, the weights that it leads to.
        public let place: ObjectURL
        public let object: ObjectStore.Object
        /// What the cache did for the last object that was asked for.
        public let outcome: ObjectCache.Outcome
    }

    private let store: ObjectStore
    private let cache: ObjectCache?

    /// - Parameter cache: Where what was read is kept, or nil for nowhere.
    public init(_ store: ObjectStore, cache: ObjectCache?) {
        self.store = store
        self.cache = cache
    }

    /// Publishes a version of a model, and only then makes it the latest.
    /// - Parameters:
    ///   - weights: A file of weights, as it is.
    ///   - model: The model's name, a segment of the keys.
    ///   - attachments: Files that go beside the weights, by name.
    ///   - program: What publishes: "hartrain 0.1.0".
    /// - Throws: An `ObjectStoreError`; the latest version is then still the one before.
    public func publish(
        _ weights: [UInt8], model: String, attachments: [(name: String, bytes: [UInt8])], under prefix: ObjectURL, program: String
    ) throws(ObjectStoreError) -> Publication {
        let pointer = ModelPointer(
            model: model, sha256: SHA256.hex(of: weights), byteCount: weights.count, program: program)
        let latest = prefix.appending("\(model)/\(ModelPointer.fileName)")
        let place = latest.sibling(pointer.path)
        try store.write(weights, to: place, contentType: "application/octet-stream")
        for (name, bytes) in attachments {
            let type = name.hasSuffix(".json") ? "application/json" : "text/plain; charset=utf-8"
            try store.write(bytes, to: place.sibling(name), contentType: type)
        }
        try store.write(pointer.encoded, to: latest, contentType: "application/json")
        return Publication(weights: place, latest: latest, sha256: pointer.sha256)
    }

    /// Reads an object; where it is a `latest.json`, the weights that it leads to.
    /// - Throws: An `ObjectStoreError`.
    public func read(_ place: ObjectURL) throws(ObjectStoreError) -> Download {
        guard place.name == ModelPointer.fileName else { return try read(place, sha256: nil) }
        let found = try read(place, sha256: nil, limit: ModelPointer.largestFile)
        let pointer: ModelPointer
        do {
            pointer = try ModelPointer(decoding: found.object.bytes)
        } catch {
            throw ObjectStoreError(
                place: "\(place)", reason: "is no pointer to a model: \(error)")
        }
        let weights = try read(place.sibling(pointer.path), sha256: pointer.sha256)
        // Where the weights were known, what the store said of the pointer is the answer.
        return weights.outcome == .known
            ? Download(place: weights.place, object: weights.object, outcome: found.outcome) : weights
    }

    private func read(
        _ place: ObjectURL, sha256: String?, limit: Int = ObjectStore.largestObject
    ) throws(ObjectStoreError) -> Download {
        let keyHash = ModelPointer.sha256(of: place)
        guard let cache else {
            let object = try store.read(place, sha256: sha256, keyHash: keyHash, limit: limit)
            return Download(place: place, object: object, outcome: .notStored(reason: "there is no cache folder"))
        }
        let (object, outcome) = try cache.read(place, of: store, sha256: sha256, keyHash: keyHash, limit: limit)
        return Download(place: place, object: object, outcome: outcome)
    }

    /// Finds out whether a model can be published, before hours of training end at a wrong key.
    ///
    /// Reads the pointer: that it is not there yet, or may not be read, is no obstacle.
    /// - Throws: An `ObjectStoreError` for what would stop a publication, too.
    public func checkAccess(to prefix: ObjectURL, model: String) throws(ObjectStoreError) {
        do throws(ObjectStoreError) {
            _ = try store.read(prefix.appending("\(model)/\(ModelPointer.fileName)"), limit: ModelPointer.largestFile)
        } catch {
            // By name: any web server says 404.
            let isMissing = error.code == "NoSuchKey"
            let isUnreadable = error.status == 403 && error.code == "AccessDenied"
            guard isMissing || isUnreadable else { throw error }
        }
    }
}
