import Platform
import Synchronization

/// Keeps parsed data sets, so that the second start reads numbers instead of parsing several times as many bytes of text.
///
/// A cache file is found by the content of the text files, not by their names: each is read and hashed (`ContentHash`), unless
/// nothing has touched it since that was done last (`SeenFiles`). A file that is damaged, cut short or foreign is replaced by what is
/// parsed.
/// What a start that was killed has half written is removed by the next that writes. Its files have at most `limit` bytes together:
/// when one is stored that is too much, the oldest are removed (`prune`). No link among them is followed, whoever made it: it is replaced,
/// and what it leads to stays as it is. Deleting the whole folder is always safe.
///
/// A cache file, `<name>-<key>.bin`, is little-endian: "HTWINDOW", version and size of a window (UInt32 each), key (16 bytes), counts
/// of train and test windows (UInt64 each), SHA-256 of the data (64 hexadecimal digits), hash of all other bytes (16 bytes); then for train
/// and test the readings (Float32), labels and groups (Int32 each).
public struct WindowCache: Sendable {
    /// What the cache did for one `load`.
    public enum Outcome: Equatable, Sendable {
        /// The data came out of this file.
        case hit(file: String)
        /// The data was parsed and stored in this file.
        case stored(file: String)
        /// The data was parsed and replaced this file, which was of no use for this reason.
        case replaced(file: String, reason: String)
        /// The data was parsed and could not be stored, for this reason; nothing is lost but time.
        case notStored(reason: String)
    }

    /// The folder of the cache files; made when needed.
    public let folder: String
    /// The most bytes of all files together after one was stored, unless that alone has more.
    public let limit: Int

    /// The limit unless another is given: 1 GiB, some twenty copies of UCI HAR.
    public static let standardLimit = 1 << 30

    /// Nanoseconds since 1970.
    private let now: @Sendable () -> Int64

    /// Keeps files in a folder.
    public init(folder: String, limit: Int = WindowCache.standardLimit) {
        self.init(folder: folder, limit: limit, now: Files.now)
    }

    /// With a clock of its own, for tests.
    init(folder: String, limit: Int = WindowCache.standardLimit, now: @escaping @Sendable () -> Int64) {
        self.folder = folder
        self.limit = limit
        self.now = now
    }

    /// The user's cache, or nil where the environment names no place for one: see `CacheFolder`.
    /// - Parameter variable: Gives the value of an environment variable.
    public init?(environment variable: (String) -> String?) {
        guard let folder = CacheFolder.path(environment: variable) else { return nil }
        self.init(folder: folder)
    }

    /// Gives the data of some text files, from the cache if it is there.
    ///
    /// - Parameters:
    ///   - files: The files that the data is read from, in the order in which they are read.
    ///   - name: What the names of the cache files begin with.
    ///   - format: What the windows hold.
    ///   - source: Where the windows come from.
    ///   - read: Reads the files; gives the data and the hash of what it read, file by file.
    /// - Returns: the data, equal to what `read` gives, and what the cache did.
    /// - Throws: `WindowError` as `read`. The cache itself causes no error.
    public func load(
        _ files: [String], name: String, format: WindowFormat, source: Dataset.Source,
        reading read: () throws(WindowError) -> (data: Dataset, content: ContentHash)
    ) throws(WindowError) -> (data: Dataset, outcome: Outcome) {
        func file(_ key: ContentHash) -> String { "\(folder)/\(name)-\(key.hex).bin" }
        var useless: String?
        let seen = SeenFiles(files, folder: folder, now: now())
        let known = seen.content
        if let key = known ?? WindowCache.key(of: files) {
            switch CacheFile.read(file(key), key: key, format: format, source: source) {
            case .data(let data):
                if known == nil {
                    seen.note(key)
                    sweep()
                }
                return (data, .hit(file: file(key)))
            case .absent: break
            case .useless(let reason): useless = reason
            }
        }
        // Of what was parsed, not of what was hashed before: a file may have changed in between.
        let (data, key) = try read()
        guard data.train.groups.count == data.train.count, data.test.groups.count == data.test.count else {
            return (data, .notStored(reason: "windows without groups are not cached"))
        }
        do throws(FileError) {
            try Files.createFolder(folder)
            try Files.writeAtomically(CacheFile.bytes(of: data, key: key), to: file(key), followsLinks: false)
            seen.note(key)
            sweep()
            // What cannot be removed is no loss to this reader.
            _ = try? prune(to: limit, keeping: file(key))
        } catch {
            return (data, .notStored(reason: error.description))
        }
        if let useless { return (data, .replaced(file: file(key), reason: useless)) }
        return (data, .stored(file: file(key)))
    }

    /// Removes what starts that were killed have left behind; where that fails, it is no loss.
    private func sweep() { try? Files.removeTemporaryFiles(in: folder) }

    /// Hash of all text files in the order in which the reader reads them, or nil if one cannot be read, which the reader will say better.
    private static func key(of files: [String]) -> ContentHash? {
        let hashes = Locked([ContentHash?](repeating: nil, count: files.count))
        // More threads than this wait for memory, not for cores.
        ThreadPool(threads: min(Cores.available(), 4)).run(files.count) { index in
            let hash = try? ContentHash(ofFile: files[index])
            hashes.withLock { $0[index] = hash }
        }
        var key = ContentHash()
        for hash in hashes.withLock({ $0 }) {
            guard let hash else { return nil }
            key.append(hash)
        }
        return key
    }
}

extension ContentHash {
    /// Hashes a file's content as `init(of:)` does, without holding more than a block of it.
    fileprivate init(ofFile path: String) throws(FileError) {
        self.init()
        var stream = try FileStream(path)
        var block = [UInt8](repeating: 0, count: ContentHash.blockSize)
        var count = 0
        repeat {
            var bytes = block.mutableSpan
            var target = unsafe bytes.mutableBytes
            count = try stream.read(into: &target)
            unsafe append(block.span.extracting(first: count).bytes)
        } while count == block.count && stream.position < stream.size
    }
}
