import Glibc

extension Files {
    /// Writes a file whole or not at all: whoever looks, also after a crash or a power cut, sees the old bytes or the new ones.
    ///
    /// The bytes go to a temporary file in the same folder, onto the disk, and then under the name. The mode of a new file is
    /// 0644 less the process's umask.
    /// - Parameter followsLinks: whether what a symbolic link leads to is replaced; otherwise the link itself is.
    /// - Throws: `FileError`; then the file is as it was and no temporary file is left. A device, a pipe or a folder is refused.
    public static func writeAtomically(_ bytes: [UInt8], to path: String, followsLinks: Bool = true) throws(FileError) {
        try writeAtomically(to: path, followsLinks: followsLinks, pieces: 1) { _ in bytes }
    }

    /// Writes a file whole or not at all, of which a piece at a time is in memory.
    /// - Parameter piece: Gives a piece, in their order.
    /// - Throws: `FileError`, as the other.
    public static func writeAtomically(
        to path: String, followsLinks: Bool = true, pieces: Int, _ piece: (Int) -> [UInt8]
    ) throws(FileError) {
        let operation = "write"
        try check(path, operation)
        // Renaming onto /dev/null would replace the device.
        if let mode = mode(path, followsLinks: followsLinks), mode & S_IFMT != S_IFREG, mode & S_IFMT != S_IFLNK {
            let isFolder = mode & S_IFMT == S_IFDIR
            throw isFolder
                ? FileError(path: path, operation: operation, code: EISDIR)
                : FileError(path: path, operation: operation, reason: "it is not a regular file")
        }
        let target = followsLinks ? try resolved(path, operation) : path
        let folder = parent(target) ?? "."
        let temporary = "\(folder)/\(temporaryPrefix)\(uniqueName())\(temporarySuffix)"
        do throws(FileError) {
            // Held until it has its name: whoever removes what killed processes have left sees that this one is in use.
            let file = try writeNew(to: temporary, pieces: pieces, piece)
            guard unsafe rename(temporary, target) == 0 else { throw FileError(path: path, operation: operation) }
            _ = consume file
        } catch {
            // The error at hand says more than one about a file that could not be removed or never was.
            unsafe unlink(temporary)
            throw FileError(path: path, operation: operation, reason: error.reason)
        }
        // The name, too, goes onto the disk. Some file systems cannot do that for folders: then the file is whole all the same.
        if let opened = try? OpenFile(folder, O_RDONLY | O_DIRECTORY, operation: operation), !opened.synchronize(), errno == EIO {
            throw FileError(path: path, operation: operation)
        }
    }

    /// Adds bytes at the end of a file, which is made if it is not there.
    /// - Throws: `FileError`; then the file is cut back to its old length, so that no half line is left.
    public static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = try OpenFile(path, O_WRONLY | O_APPEND | O_CREAT, operation: "append to")
        let status = try file.status("append to")
        do throws(FileError) {
            try file.write(bytes)
        } catch {
            if status.st_mode & S_IFMT == S_IFREG { _ = file.truncate(Int(status.st_size)) }
            throw FileError(path: path, operation: "append to", reason: error.reason)
        }
    }

    /// Waits until what was written to a file is on the disk.
    /// - Throws: `FileError`.
    public static func synchronize(_ path: String) throws(FileError) {
        let file = try OpenFile(path, O_RDONLY, operation: "write")
        guard file.synchronize() else { throw FileError(path: path, operation: "write") }
    }

    /// Removes the temporary files that processes killed within `writeAtomically` have left in a folder; those that a process writes to
    /// at the time stay, since it holds a lock on them.
    ///
    /// On file systems without locks all stay.
    /// - Throws: `FileError`.
    public static func removeTemporaryFiles(in folder: String) throws(FileError) {
        for name in try list(folder) where name.hasPrefix(temporaryPrefix) && name.hasSuffix(temporarySuffix) {
            let path = "\(folder)/\(name)"
            // Without O_NONBLOCK, a pipe of that name would wait for its writer. Another process may remove the file first.
            guard let file = try? OpenFile(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, operation: "remove"), file.isFree else {
                continue
            }
            try remove(path)
        }
    }

    private static let temporaryPrefix = ".hartrain-"
    private static let temporarySuffix = ".tmp"

    /// Writes a file that must not be there yet, onto the disk, and keeps it open and locked.
    private static func writeNew(to path: String, pieces: Int, _ piece: (Int) -> [UInt8]) throws(FileError) -> OpenFile {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, operation: "write")
        _ = file.lock()
        for index in 0..<pieces { try file.write(piece(index)) }
        guard file.synchronize() else { throw FileError(path: path, operation: "write") }
        return file
    }

    /// Where a link leads; any other path is its own answer.
    private static func resolved(_ path: String, _ operation: String) throws(FileError) -> String {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
        guard let real = wholePath(path) else { throw FileError(path: path, operation: operation) }
        return real
    }

    /// The path from the root, without links and "..", or nil where nothing is there.
    public static func wholePath(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// A name that no other process and no other call uses: 128 random bits.
    static func uniqueName() -> String {
        var random = SystemRandomNumberGenerator()
        return String(random.next() as UInt64, radix: 36) + String(random.next() as UInt64, radix: 36)
    }
}
