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
    ///
    /// A pointer is kept in the cache only when the weights that it leads to are there: until then the version before serves where the store
    /// gives nothing.
    /// - Parameter limit: The most bytes that are read; of weights that a pointer leads to, those that it promises.
    /// - Throws: An `ObjectStoreError`.
    public func read(_ place: ObjectURL, limit: Int = ObjectStore.largestObject) throws(ObjectStoreError) -> Download {
        guard place.name == ModelPointer.fileName else { return try read(place, expecting: expectation(of: place, limit: limit)) }
        var weights: Download?
        let found = try read(place, expecting: ObjectStore.Expectation(limit: ModelPointer.largestFile)) {
            (pointer) throws(ObjectStoreError) in weights = try self.weights(of: pointer, at: place, limit: limit)
        }
        guard let weights else {
            let kept = try self.weights(of: found.object, at: place, limit: limit)
            // Where the weights were known, what became of the pointer is the answer.
            return kept.outcome == .known ? Download(place: kept.place, object: kept.object, outcome: found.outcome) : kept
        }
        return weights
    }

    /// What a pointer says.
    private func promised(by pointer: [UInt8], at place: String, limit: Int) throws(ObjectStoreError) -> ModelPointer {
        let promised: ModelPointer
        do {
            promised = try ModelPointer(decoding: pointer)
        } catch {
            throw ObjectStoreError(place: place, reason: "is no pointer to a model: \(store.shown("\(error)"))")
        }
        guard promised.byteCount <= limit else {
            throw ObjectStoreError(
                place: place, reason: "leads to weights of \(promised.byteCount) bytes, more than the limit of \(limit)")
        }
        return promised
    }

    /// The weights that a pointer leads to.
    private func weights(
        of pointer: ObjectStore.Object, at place: ObjectURL, limit: Int
    ) throws(ObjectStoreError) -> Download {
        let promised = try promised(by: pointer.bytes, at: "\(place)", limit: limit)
        let weights = try read(
            place.sibling(promised.path),
            expecting: ObjectStore.Expectation(sha256: promised.sha256, keyHash: promised.sha256, limit: promised.byteCount))
        guard weights.object.bytes.count == promised.byteCount else {
            throw ObjectStoreError(
                place: "\(place)",
                reason:
                    "is no pointer to a model: 'bytes' is \(promised.byteCount), the weights have \(weights.object.bytes.count)")
        }
        return weights
    }

    /// Reads a file of a web server; where it is a `latest.json`, the weights that it leads to. Nothing is kept in the cache.
    /// - Throws: An `ObjectStoreError`.
    public func read(_ file: WebFile, limit: Int = ObjectStore.largestObject) throws(ObjectStoreError) -> (
        file: WebFile, bytes: [UInt8]
    ) {
        guard file.name == ModelPointer.fileName else {
            return (file, try store.read(file, expecting: ObjectStore.Expectation(limit: limit)).bytes)
        }
        let pointer = try store.read(file, expecting: ObjectStore.Expectation(limit: ModelPointer.largestFile))
        let promised = try self.promised(by: pointer.bytes, at: "\(file)", limit: limit)
        let weights = try file.sibling(promised.path)
        let expected = ObjectStore.Expectation(sha256: promised.sha256, limit: promised.byteCount)
        return (weights, try store.read(weights, expecting: expected).bytes)
    }

    private func expectation(of place: ObjectURL, limit: Int) -> ObjectStore.Expectation {
        ObjectStore.Expectation(keyHash: ModelPointer.sha256(of: place), limit: limit)
    }

    private func read(
        _ place: ObjectURL, expecting expected: ObjectStore.Expectation,
        check: ((ObjectStore.Object) throws(ObjectStoreError) -> Void)? = nil
    ) throws(ObjectStoreError) -> Download {
        guard let cache else {
            let object = try store.read(place, expecting: expected)
            try check?(object)
            return Download(place: place, object: object, outcome: .notStored(reason: "there is no cache folder"))
        }
        let (object, outcome) = try cache.read(place, of: store, expecting: expected, check: check)
        return Download(place: place, object: object, outcome: outcome)
    }

    /// Finds out whether a model can be published, before hours of training end at a wrong key.
    ///
    /// Reads the pointer: that it is not there yet, or may not be read, is no obstacle.
    /// - Throws: An `ObjectStoreError` for what would stop a publication, too.
    public func checkAccess(to prefix: ObjectURL, model: String) throws(ObjectStoreError) {
        do throws(ObjectStoreError) {
            _ = try store.read(
                prefix.appending("\(model)/\(ModelPointer.fileName)"),
                expecting: ObjectStore.Expectation(limit: ModelPointer.largestFile))
        } catch {
            // By name: any web server says 404.
            let isMissing = error.code == "NoSuchKey"
            let isUnreadable = error.status == 403 && error.code == "AccessDenied"
            guard isMissing || isUnreadable else { throw error }
        }
    }
}
