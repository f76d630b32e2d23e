import Glibc

extension Files {
    /// The bytes of a regular file or, where its user may give one, of a named pipe.
    /// - Parameters:
    ///   - limit: the most bytes that are accepted.
    ///   - followsLinks: whether the path itself may be a symbolic link.
    ///   - waitsForPipes: whether it may be a pipe, whose writer is waited for, however long; otherwise a pipe is refused at once.
    /// - Throws: `FileError` when it cannot be read, is a folder or a device, or is larger than the limit.
    public static func read(
        _ path: String, limit: Int = .max, followsLinks: Bool = true, waitsForPipes: Bool = false
    ) throws(FileError) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe would wait for its writer before it could be refused.
        let flags = (followsLinks ? 0 : O_NOFOLLOW) | (waitsForPipes ? 0 : O_NONBLOCK)
        let file = try OpenFile(path, O_RDONLY | flags, operation: "read")
        let size = waitsForPipes ? try inputSize(file) ?? 0 : try regularSize(file)
        guard size <= limit else {
            throw FileError(path: path, operation: "read", reason: "it has \(size) bytes, more than the limit of \(limit)")
        }
        if size > unquestioned, case let available = Machine.availableBytes(), size > available {
            throw FileError(
                path: path, operation: "read",
                reason: "it has \(size >> 20) MiB, and \(MemoryLimit.text(available: available))")
        }
        return try readAll(file, expected: size, limit: limit)
    }

    /// Files up to this size are read without a question to the system, whose answer is read from files too.
    private static let unquestioned = 16 << 20

    /// The size of a regular file.
    /// - Throws: `FileError` for everything else.
    static func regularSize(_ file: borrowing OpenFile) throws(FileError) -> Int {
        let status = try file.status("read")
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw status.st_mode & S_IFMT == S_IFDIR
                ? FileError(path: file.path, operation: "read", code: EISDIR)
                : FileError(path: file.path, operation: "read", reason: "it is not a regular file")
        }
        return Int(status.st_size)
    }

    /// The size of a regular file, nil for a named pipe.
    /// - Throws: `FileError` for everything else.
    static func inputSize(_ file: borrowing OpenFile) throws(FileError) -> Int? {
        let status = try file.status("read")
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Int(status.st_size)
        case S_IFIFO: return nil
        case S_IFDIR: throw FileError(path: file.path, operation: "read", code: EISDIR)
        default: throw FileError(path: file.path, operation: "read", reason: "it is neither a regular file nor a pipe")
        }
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
