import Glibc

extension Files {
    /// The bytes of a regular file or a named pipe.
    /// - Parameter limit: the most bytes that are accepted.
    /// - Throws: `FileError` when it cannot be read, is a folder or a device, or is larger than the limit.
    public static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
        let file = try OpenFile(path, O_RDONLY, operation: "read")
        let status = try file.status("read")
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let size = Int(status.st_size)
            guard size <= limit else {
                throw FileError(path: path, operation: "read", reason: "it has \(size) bytes, more than the limit of \(limit)")
            }
            return try readAll(file, expected: size, limit: limit)
        case S_IFIFO:
            return try readAll(file, expected: 0, limit: limit)
        case S_IFDIR:
            throw FileError(path: path, operation: "read", code: EISDIR)
        default:
            throw FileError(path: path, operation: "read", reason: "it is neither a regular file nor a pipe")
        }
    }

    /// The bytes of standard input, to its end, whatever it is connected to.
    /// - Parameter limit: the most bytes that are accepted.
    /// - Throws: `FileError` when it cannot be read or has more bytes than the limit.
    public static func readStandardInput(limit: Int = .max) throws(FileError) -> [UInt8] {
        try readAll(OpenFile(descriptor: STDIN_FILENO, name: "standard input"), expected: 0, limit: limit)
    }

    /// Reads to the end. The expected size only saves growing: files under /proc say 0, and a file may grow meanwhile.
    private static func readAll(_ file: borrowing OpenFile, expected: Int, limit: Int) throws(FileError) -> [UInt8] {
        let smallest = 1 << 16
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected + smallest)
        var chunk = max(expected, smallest)
        while try file.read(chunk, onto: &bytes) > 0 {
            guard bytes.count <= limit else {
                let reason = "it has \(bytes.count) bytes or more, more than the limit of \(limit)"
                throw FileError(path: file.path, operation: "read", reason: reason)
            }
            chunk = bytes.count < expected ? expected - bytes.count : smallest
        }
        return bytes
    }
}
