import Platform

/// Remembers the content of files that nobody has touched since it was hashed, so that they need not be read to be known.
///
/// A note, `seen-<hash of the stamps>`, is the content's hash. The stamps hold the time of the last change, which no program can set.
/// A file changed shortly before it was hashed is not noted: the next change might fall into the same tick of the clock.
struct SeenFiles {
    /// Where the notes are.
    let folder: String
    /// The hash of the stamps, or nil where a file has none.
    private let stamps: ContentHash?
    /// Whether the last change was long enough ago.
    private let isSettled: Bool

    /// Nanoseconds: more than a tick of any file system's clock.
    static let settling: Int64 = 3_000_000_000

    /// Stamps the files.
    init(_ files: [String], folder: String, now: Int64) {
        self.folder = folder
        var words: [UInt64] = []
        var latest = Int64.min
        for file in files {
            guard let stamp = Files.stamp(file) else { break }
            words += [
                stamp.device, stamp.inode, UInt64(bitPattern: stamp.size), UInt64(bitPattern: stamp.modified),
                UInt64(bitPattern: stamp.changed),
            ]
            latest = max(latest, stamp.changed)
        }
        stamps = words.count == 5 * files.count ? unsafe ContentHash(of: words.span.bytes) : nil
        isSettled = latest < now - SeenFiles.settling
    }

    /// The hash of the files' content, where it was noted.
    var content: ContentHash? {
        guard isSettled, let note, let bytes = try? Files.read(note, limit: 64) else { return nil }
        return ContentHash(hex: String(decoding: bytes, as: UTF8.self))
    }

    /// Notes the hash of the content of the files as they were when they were stamped; where that fails, it is no loss.
    func note(_ content: ContentHash) {
        guard isSettled, let note else { return }
        try? Files.writeAtomically(Array(content.hex.utf8), to: note)
    }

    private var note: String? { stamps.map { "\(folder)/seen-\($0.hex)" } }
}
