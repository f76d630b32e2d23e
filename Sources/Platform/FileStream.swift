import Glibc

/// A regular file read from start to end in pieces, into memory that the caller has.
///
/// It reads with `read`, not through a memory map: a map of a file that another process cuts short ends the program with SIGBUS,
/// and for one pass over a file that is in the page cache `read` into a small buffer is no slower.
public struct FileStream: ~Copyable {
    /// The file's path.
    public let path: String
    /// The file's size in bytes when it was opened.
    public let size: Int
    /// Number of bytes read so far.
    public private(set) var position = 0
    private let descriptor: Int32

    /// Opens a file.
    /// - Throws: `FileError` if the file cannot be opened or is no regular file (a folder, a pipe, a device).
    public init(_ path: String) throws(FileError) {
        let operation = "read"
        try Files.check(path, operation)
        // Without O_NONBLOCK, opening a pipe would wait for its writer before it could be refused.
        let descriptor = retrying { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw FileError(path: path, operation: operation) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(path: path, operation: operation, reason: "it is not a regular file")
        }
        self.path = path
        self.size = Int(status.st_size)
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Reads the next bytes: as many as `buffer` holds, or fewer if the file ends before.
    /// - Returns: The number of bytes read, 0 at the end of the file.
    /// - Throws: `FileError` if the system reports an error.
    public mutating func read(into buffer: inout MutableRawSpan) throws(FileError) -> Int {
        let count = try unsafe buffer.withUnsafeMutableBytes { (bytes) throws(FileError) -> Int in
            var filled = 0
            while filled < bytes.count {
                let got = retrying {
                    unsafe Glibc.read(descriptor, bytes.baseAddress.map { unsafe $0 + filled }, bytes.count - filled)
                }
                guard got >= 0 else { throw FileError(path: path, operation: "read") }
                if got == 0 { break }
                filled += got
            }
            return filled
        }
        position += count
        return count
    }
}
