import Platform
import StrictJSON

/// Keeps objects that were read from a store and verified by their SHA-256, so that the next start asks whether they have changed and moves
/// no bytes, or needs no store at all.
///
/// An object is found by endpoint, bucket and key: `objects/<SHA-256 of the three>/` holds `entry.json` (the store's ETag and the
/// SHA-256) and the bytes in a file named by their SHA-256, so that a reader never sees one with the other's name. To ask whether an object
/// has changed takes no lock, so starts do not wait for each other; processes that lack the same object take turns (a lock on that folder):
/// the first downloads it. A file that is damaged is downloaded again. No link in the folder is followed. To delete the folder is always safe.
public struct ObjectCache: Sendable {
    /// What the cache did for one object.
    public enum Outcome: Equatable, Sendable {
        /// The store said that it has not changed.
        case unchanged
        /// Its SHA-256 was known, and the cache had it: the store was not asked.
        case known
        /// The cache had it, and the store is not to be asked.
        case offline
        /// The cache had it, and the store could not be asked, for this reason.
        case fallback(reason: String)
        /// It was downloaded and kept.
        case stored
        /// It was downloaded and could not be kept, for this reason.
        case notStored(reason: String)
    }

    /// The folder of the cached objects; made when needed.
    public let folder: String

    /// Keeps objects in a folder.
    public init(folder: String) {
        self.folder = folder
    }

    /// The user's cache, or nil where the environment names no place for one: see `CacheFolder`.
    /// - Parameter variable: Gives the value of an environment variable.
    public init?(environment variable: (String) -> String?) {
        guard let folder = CacheFolder.path(environment: variable) else { return nil }
        self.init(folder: folder + "/objects")
    }

    /// Reads an object, from the cache if it is there and has not changed.
    /// - Parameters:
    ///   - expected: What the reader knows of the object.
    ///   - check: Called with an object that is new, before it is kept: where it throws, the one before stays. An object that passes needs no
    ///     SHA-256 to be kept. nil: what is verified is kept.
    /// - Throws: An `ObjectStoreError` of the store, and what `check` throws. The cache itself causes no error but where it is all that may
    ///   be asked.
    public func read(
        _ place: ObjectURL, of store: ObjectStore, expecting expected: ObjectStore.Expectation = ObjectStore.Expectation(),
        check: ((ObjectStore.Object) throws(ObjectStoreError) -> Void)? = nil
    ) throws(ObjectStoreError) -> (object: ObjectStore.Object, outcome: Outcome) {
        let settings = store.configuration
        let name = "\(settings.endpoint.name)\n\(place)"
        let entry = CacheEntry(objects: folder, name: SHA256.hex(of: Array(name.utf8)), place: place, expected: expected)
        let kept = entry.read()
        if let kept, kept.sha256 == expected.sha256 { return (kept, .known) }
        if settings.isOffline {
            guard let kept else {
                throw ObjectStoreError(
                    place: "\(place) at \(settings.endpoint.name)",
                    reason:
                        "is not in the cache \(folder), and the store is not asked (\(settings.names.offline)): read it once without"
                )
            }
            return (kept, .offline)
        }
        do throws(ObjectStoreError) {
            return try Question(place: place, store: store, entry: entry, check: check).answer(kept: kept)
        } catch {
            guard let kept, !error.isFinal else { throw error }
            guard settings.fallback == .cache else {
                throw error.adding(
                    "the cache has it, verified: \(settings.names.fallback) takes it from there when the store gives nothing, "
                        + "\(settings.names.offline) without asking")
            }
            return (kept, .fallback(reason: error.description))
        }
    }
}

/// One question to the store, and what the cache learns of it.
private struct Question {
    let place: ObjectURL
    let store: ObjectStore
    let entry: CacheEntry
    let check: ((ObjectStore.Object) throws(ObjectStoreError) -> Void)?
    /// For all of it.
    private let time: TimeBudget

    init(
        place: ObjectURL, store: ObjectStore, entry: CacheEntry, check: ((ObjectStore.Object) throws(ObjectStoreError) -> Void)?
    ) {
        self.place = place
        self.store = store
        self.entry = entry
        self.check = check
        time = TimeBudget(seconds: store.configuration.seconds)
    }

    /// - Parameter kept: The object in the cache, or nil.
    func answer(
        kept: ObjectStore.Object?
    ) throws(ObjectStoreError) -> (object: ObjectStore.Object, outcome: ObjectCache.Outcome) {
        if let kept, let etag = kept.etag { return try changed(since: kept, etag) }
        let lock: FolderLock
        do throws(FileError) {
            // Whoever has the lock downloads the same object: worth waiting for, but not all of the time.
            lock = try entry.lock(waiting: time.left / 2)
        } catch {
            return (try downloaded(), .notStored(reason: error.description))
        }
        if let theirs = entry.read() {
            if theirs.sha256 == entry.expected.sha256 { return (theirs, .known) }
            if let etag = theirs.etag {
                // The next in the queue need not wait for this question.
                _ = consume lock
                return try changed(since: theirs, etag)
            }
        }
        let result = Result { () throws(ObjectStoreError) in
            let object = try downloaded()
            return (object, outcome(of: object) { () throws(FileError) in try entry.replace(by: object) })
        }
        _ = consume lock
        return try result.get()
    }

    private func downloaded() throws(ObjectStoreError) -> ObjectStore.Object {
        let object = try store.read(place, expecting: entry.expected, within: time)
        try check?(object)
        return object
    }

    private func changed(
        since kept: ObjectStore.Object, _ etag: String
    ) throws(ObjectStoreError) -> (object: ObjectStore.Object, outcome: ObjectCache.Outcome) {
        guard let object = try store.read(place, unless: etag, expecting: entry.expected, within: time) else {
            return (kept, .unchanged)
        }
        try check?(object)
        let outcome = outcome(of: object) { () throws(FileError) in
            let lock = try entry.lock(waiting: min(1, time.left))
            let result = Result { () throws(FileError) in try entry.replace(by: object) }
            _ = consume lock
            try result.get()
        }
        return (object, outcome)
    }

    private func outcome(of object: ObjectStore.Object, keep: () throws(FileError) -> Void) -> ObjectCache.Outcome {
        guard object.isVerified || check != nil else { return .notStored(reason: "it carries no SHA-256") }
        do throws(FileError) {
            try keep()
            return .stored
        } catch {
            return .notStored(reason: error.description)
        }
    }
}

/// One object in the cache.
private struct CacheEntry {
    let place: ObjectURL
    let expected: ObjectStore.Expectation
    private let objects: String
    private let folder: String

    init(objects: String, name: String, place: ObjectURL, expected: ObjectStore.Expectation) {
        self.objects = objects
        folder = "\(objects)/\(name)"
        self.place = place
        self.expected = expected
    }

    private var record: String { folder + "/entry.json" }
    private func content(_ sha256: String) -> String { "\(folder)/\(sha256)" }

    /// Whether the way to the entry leads elsewhere: whoever can make a link there would have other files read and replaced.
    private var isLinked: Bool { Files.isLink(objects) || Files.isLink(folder) }

    /// Takes the entry for this process.
    func lock(waiting seconds: Double) throws(FileError) -> FolderLock {
        guard !isLinked else { throw FileError(path: folder, operation: "lock", reason: "a link leads elsewhere") }
        if !Files.isFolder(folder) { try Files.createFolder(folder) }
        guard let lock = try FolderLock(folder, waiting: seconds) else {
            throw FileError(path: folder, operation: "lock", reason: "another process holds it")
        }
        return lock
    }

    /// A record is never longer, in bytes.
    private static let largestRecord = 1 << 14

    /// The object, or nil where there is none, its file is damaged, or it is not the one that is expected: then it is as if it had never been
    /// there. What the key or the pointer says must be so of it, too: a 304 vouches for the store's bytes only.
    func read() -> ObjectStore.Object? {
        guard !isLinked, let text = read(record, limit: CacheEntry.largestRecord), let json = try? JSON.parse(text),
            json["place"] == .string("\(place)"), let sha256 = json["sha256"]?.asString, SHA256.isHex(sha256),
            json["verified"] == .bool(true), (expected.sha256 ?? expected.keyHash).map({ $0 == sha256 }) ?? true,
            let bytes = read(content(sha256), limit: ObjectStore.largestObject), SHA256.hex(of: bytes) == sha256
        else { return nil }
        return ObjectStore.Object(bytes: bytes, etag: ObjectStore.etag(json["etag"]?.asString), sha256: sha256, isVerified: true)
    }

    private func read(_ path: String, limit: Int) -> [UInt8]? {
        // A pipe would wait for its writer.
        Files.isFile(path) ? try? Files.read(path, limit: limit, followsLinks: false) : nil
    }

    /// Keeps another object; only then the file of the one before goes.
    func replace(by object: ObjectStore.Object) throws(FileError) {
        try Files.removeTemporaryFiles(in: folder)
        try Files.writeAtomically(object.bytes, to: content(object.sha256), followsLinks: false)
        let json: JSON = [
            "place": .string("\(place)"), "etag": object.etag.map(JSON.string) ?? .null, "sha256": .string(object.sha256),
            "verified": .bool(true),
        ]
        try Files.writeAtomically(Array((json.serialized(pretty: true) + "\n").utf8), to: record, followsLinks: false)
        for name in try Files.list(folder) where SHA256.isHex(name) && name != object.sha256 { try Files.remove(content(name)) }
    }
}
