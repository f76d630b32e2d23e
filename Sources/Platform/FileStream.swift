import Glibc

/// A regular file read from start to end in pieces, into memory that the caller has.
///
/// It reads with `read`, not through a memory map: a map of a file that another process cuts short ends the program with SIGBUS,
/// and for one pass over a file that is in the page cache `read` into a small buffer is no slower.
public struct FileStream: ~Copyable {
    /// The file's size in bytes when it was opened.
    public let size: Int
    /// Number of bytes read so far.
    public private(set) var position = 0
    private let file: OpenFile

    /// Opens a file.
    /// - Parameter followsLinks: Whether the path itself may be a symbolic link.
    /// - Throws: `FileError` if the file cannot be opened or is not a regular file (a folder, a pipe, a device).
    public init(_ path: String, followsLinks: Bool = true) throws(FileError) {
        // Without O_NONBLOCK, opening a pipe would wait for its writer before it could be refused.
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW), operation: "read")
        let status = try file.status("read")
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, operation: "read", reason: "it is not a regular file")
        }
        size = Int(status.st_size)
        self.file = file
    }

    /// Marks the file as in use until the stream's end, for `Files.removeUnused`.
    public func markInUse() { file.lockShared() }

    /// The file's path.
    public var path: String { file.path }

    /// Reads the next bytes: as many as `buffer` holds, or fewer if the file ends before.
    /// - Returns: The number of bytes read, 0 at the end of the file.
    /// - Throws: `FileError` if the system reports an error.
    @_lifetime(buffer: copy buffer)
    public mutating func read(into buffer: inout MutableRawSpan) throws(FileError) -> Int {
        let count = try file.read(into: &buffer)
        position += count
        return count
    }
}
