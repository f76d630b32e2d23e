import Platform

extension WindowCache {
    /// What pruning has removed, and what it has left.
    public struct Pruning: Equatable, Sendable {
        public internal(set) var removedFiles = 0
        public internal(set) var removedBytes = 0
        public internal(set) var keptFiles = 0
        public internal(set) var keptBytes = 0
    }

    /// A file of the cache.
    private struct Entry {
        let path: String
        /// The content of the text files that it stands for; nil where a note cannot be read.
        let key: ContentHash?
        let isNote: Bool
        /// Bytes.
        let size: Int
        /// Nanoseconds since 1970.
        let written: Int64
    }

    /// Removes files of the cache, the one written longest ago first, until those that stay have at most `limit` bytes together.
    ///
    /// Never removed are a file that a process is reading just now, and whatever has not the name of a file of this cache
    /// (`<name>-<32 hexadecimal digits>.bin`, `seen-<32 hexadecimal digits>`) or is a link or a folder: other programs' files, downloaded
    /// weights, files that are being written. A note that leads to no file any more goes, too.
    /// - Parameters:
    ///   - limit: Bytes; 0 removes all.
    ///   - kept: A file that stays, whatever its age and size.
    /// - Throws: `FileError` where the folder cannot be listed or a file cannot be removed; a folder that is not there has no files.
    @discardableResult
    public func prune(to limit: Int, keeping kept: String? = nil) throws(FileError) -> Pruning {
        var pruning = Pruning()
        guard Files.exists(folder) else { return pruning }
        var entries = try entries()
        pruning.keptFiles = entries.count
        pruning.keptBytes = entries.reduce(0) { $0 + $1.size }
        var remaining: [Entry] = []
        for entry in entries {
            guard pruning.keptBytes > limit, entry.path != kept, try remove(entry, &pruning) else {
                remaining.append(entry)
                continue
            }
        }
        entries = remaining
        for note in entries where note.isNote && !entries.contains(where: { !$0.isNote && $0.key == note.key }) {
            _ = try remove(note, &pruning)
        }
        return pruning
    }

    /// The files of the cache, the oldest first.
    private func entries() throws(FileError) -> [Entry] {
        var entries: [Entry] = []
        for name in try Files.list(folder) {
            let path = "\(folder)/\(name)"
            let isNote = SeenFiles.isNote(name)
            let key = isNote ? SeenFiles.content(ofNote: path) : WindowCache.key(ofFile: name)
            guard isNote || key != nil, !Files.isLink(path), Files.isFile(path), let stamp = Files.stamp(path) else { continue }
            entries.append(Entry(path: path, key: key, isNote: isNote, size: Int(stamp.size), written: stamp.modified))
        }
        return entries.sorted { ($0.written, $0.path) < ($1.written, $1.path) }
    }

    /// Removes a file that nobody reads.
    /// - Returns: Whether it is gone, also where another process was faster.
    private func remove(_ entry: Entry, _ pruning: inout Pruning) throws(FileError) -> Bool {
        do throws(FileError) {
            guard try Files.removeUnused(entry.path) else { return false }
        } catch {
            guard !Files.exists(entry.path) else { throw error }
        }
        pruning.removedFiles += 1
        pruning.removedBytes += entry.size
        pruning.keptFiles -= 1
        pruning.keptBytes -= entry.size
        return true
    }

    /// The key in the name of a cache file; nil where it is the name of something else.
    private static func key(ofFile name: String) -> ContentHash? {
        guard name.hasSuffix(".bin") else { return nil }
        let stem = name.dropLast(4)
        guard let dash = stem.lastIndex(of: "-"), dash != stem.startIndex else { return nil }
        return ContentHash(hex: String(stem[stem.index(after: dash)...]))
    }
}
