import Platform
import StrictJSON

/// Keeps objects that were read from a store, so that the next start asks whether they have changed and moves no bytes.
///
/// An object is found by endpoint, bucket and key: `objects/<SHA-256 of the three>/` holds `entry.json` (the store's ETag and the
/// SHA-256) and the bytes in a file named by their SHA-256, so that a reader never sees one with the other's name. Processes that want
/// the same object take turns (a lock on that folder): the first downloads it. A file that is damaged is downloaded again. To delete
/// the folder is always safe.
public struct ObjectCache: Sendable {
    /// What the cache did for one object.
    public enum Outcome: Equatable, Sendable {
        /// The store said that it has not changed.
        case unchanged
        /// Its SHA-256 was known, and the cache had it: the store was not asked.
        case known
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
    ///   - sha256: What the reader knows of the object, or nil: with it, a cached object needs no question to the store.
    ///   - keyHash: The SHA-256 that the object's key names, or nil: the store is asked all the same.
    ///   - limit: The most bytes that are read.
    /// - Throws: An `ObjectStoreError` of the store. The cache itself causes no error.
    public func read(
        _ place: ObjectURL, of store: ObjectStore, sha256: String? = nil, keyHash: String? = nil,
        limit: Int = ObjectStore.largestObject
    ) throws(ObjectStoreError) -> (object: ObjectStore.Object, outcome: Outcome) {
        let name = "\(store.configuration.endpoint.name)\n\(place)"
        let entry = CacheEntry(folder: folder + "/" + SHA256.hex(of: Array(name.utf8)))
        let lock: FolderLock
        do throws(FileError) {
            lock = try entry.lock(waiting: store.configuration.seconds)
        } catch {
            return (try store.read(place, sha256: sha256, keyHash: keyHash, limit: limit), .notStored(reason: error.description))
        }
        let result = Result { () throws(ObjectStoreError) in
            try ObjectCache.read(place, of: store, sha256: sha256, keyHash: keyHash, limit: limit, entry: entry)
        }
        _ = consume lock
        return try result.get()
    }

    /// Reads an object whose place in the cache is this process's alone.
    private static func read(
        _ place: ObjectURL, of store: ObjectStore, sha256: String?, keyHash: String?, limit: Int, entry: CacheEntry
    ) throws(ObjectStoreError) -> (object: ObjectStore.Object, outcome: Outcome) {
        // What the key or the pointer says must be so of a cached object, too: a 304 vouches for the store's bytes only.
        let expected = sha256 ?? keyHash
        let kept = entry.read(place).flatMap { expected == nil || $0.sha256 == expected ? $0 : nil }
        let object: ObjectStore.Object
        if let kept {
            if kept.sha256 == sha256 { return (kept, .known) }
            if let etag = kept.etag {
                guard let newer = try store.read(place, unless: etag, sha256: sha256, keyHash: keyHash, limit: limit) else {
                    return (kept, .unchanged)
                }
                object = newer
            } else {
                object = try store.read(place, sha256: sha256, keyHash: keyHash, limit: limit)
            }
        } else {
            object = try store.read(place, sha256: sha256, keyHash: keyHash, limit: limit)
        }
        do throws(FileError) {
            try entry.replace(by: object, place: place)
        } catch {
            return (object, .notStored(reason: error.description))
        }
        return (object, .stored)
    }
}

/// One object in the cache.
private struct CacheEntry {
    let folder: String

    private var record: String { folder + "/entry.json" }
    private func content(_ sha256: String) -> String { "\(folder)/\(sha256)" }

    /// Takes the entry for this process.
    func lock(waiting seconds: Double) throws(FileError) -> FolderLock {
        if !Files.isFolder(folder) { try Files.createFolder(folder) }
        guard let lock = try FolderLock(folder, waiting: seconds) else {
            throw FileError(path: folder, operation: "lock", reason: "another process holds it")
        }
        return lock
    }

    /// A record is never longer, in bytes.
    private static let largestRecord = 1 << 14

    /// The object, or nil where there is none or its file is damaged: then it is as if it had never been there.
    func read(_ place: ObjectURL) -> ObjectStore.Object? {
        // A pipe would wait for its writer.
        guard Files.isFile(record), let text = try? Files.read(record, limit: CacheEntry.largestRecord),
            let json = try? JSON.parse(text),
            json["place"] == .string("\(place)"), let sha256 = json["sha256"]?.asString, SHA256.isHex(sha256),
            let isVerified = json["verified"]?.asBool,
            Files.isFile(content(sha256)), let bytes = try? Files.read(content(sha256), limit: ObjectStore.largestObject),
            SHA256.hex(of: bytes) == sha256
        else { return nil }
        return ObjectStore.Object(
            bytes: bytes, etag: ObjectStore.etag(json["etag"]?.asString), sha256: sha256, isVerified: isVerified)
    }

    /// Keeps another object; only then the file of the one before goes.
    func replace(by object: ObjectStore.Object, place: ObjectURL) throws(FileError) {
        try Files.removeTemporaryFiles(in: folder)
        try Files.writeAtomically(object.bytes, to: content(object.sha256))
        let json: JSON = [
            "place": .string("\(place)"), "etag": object.etag.map(JSON.string) ?? .null, "sha256": .string(object.sha256),
            "verified": .bool(object.isVerified),
        ]
        try Files.writeAtomically(Array((json.serialized(pretty: true) + "\n").utf8), to: record)
        for name in try Files.list(folder) where SHA256.isHex(name) && name != object.sha256 { try Files.remove(content(name)) }
    }
}
