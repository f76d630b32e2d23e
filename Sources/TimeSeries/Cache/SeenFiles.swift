import Platform

/// Remembers the content of files that nobody has touched since it was hashed, so that they need not be read to be known.
///
/// A note, `seen-<hash of the stamps>`, is the content's hash. The stamps hold the time of the last change, which no program can set.
/// A file changed shortly before it was hashed is not noted: the next change might fall into the same tick of the clock. Two things
/// escape this: a program that keeps writing through a memory map, and a file system without such a time (FAT); reading without a cache helps.
struct SeenFiles {
    /// Where the notes are.
    let folder: String
    private let files: [String]
    /// The hash of the stamps, or nil where a file has none.
    private let stamps: ContentHash?
    /// Whether the last change was long enough ago.
    private let isSettled: Bool

    /// Nanoseconds: more than a tick of any file system's clock.
    static let settling: Int64 = 3_000_000_000

    /// Stamps the files.
    init(_ files: [String], folder: String, now: Int64) {
        self.folder = folder
        self.files = files
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
        guard isSettled, let note else { return nil }
        return SeenFiles.content(ofNote: note)
    }

    /// The hash that a note holds; nil where it cannot be read.
    static func content(ofNote note: String) -> ContentHash? {
        // Nothing but a regular file: a pipe would wait for its writer, and a link may lead anywhere.
        guard var stream = try? FileStream(note, followsLinks: false) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 64)
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        guard let count = try? stream.read(into: &target) else { return nil }
        return ContentHash(hex: String(decoding: bytes.prefix(count), as: UTF8.self))
    }

    /// Notes the hash of the content that was read since the files were stamped, unless the paths lead to other files by now, or to
    /// changed ones; where that fails, it is no loss.
    func note(_ content: ContentHash) {
        guard isSettled, let note, SeenFiles(files, folder: folder, now: .max).stamps == stamps else { return }
        try? Files.writeAtomically(Array(content.hex.utf8), to: note, followsLinks: false)
    }

    /// Whether a file's name is that of a note.
    static func isNote(_ name: String) -> Bool {
        name.hasPrefix(prefix) && ContentHash(hex: String(name.dropFirst(prefix.count))) != nil
    }

    private static let prefix = "seen-"

    private var note: String? { stamps.map { "\(folder)/\(SeenFiles.prefix)\($0.hex)" } }
}
