import Glibc

/// Files and folders by path, with errors that name the path, what was tried and the system's reason.
///
/// Reading and writing whole files are in FilesReading.swift and FilesWriting.swift.
public enum Files {
    /// Whether something is at a path (a broken link counts as nothing).
    public static func exists(_ path: String) -> Bool {
        mode(path) != nil
    }

    /// Whether a folder is at a path, also through a link.
    public static func isFolder(_ path: String) -> Bool {
        mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether a regular file is at a path, also through a link.
    public static func isFile(_ path: String) -> Bool {
        mode(path).map { $0 & S_IFMT == S_IFREG } ?? false
    }

    /// Whether a symbolic link is at a path, wherever it leads.
    public static func isLink(_ path: String) -> Bool {
        mode(path, followsLinks: false).map { $0 & S_IFMT == S_IFLNK } ?? false
    }

    /// Makes a folder and its missing parents; an existing folder is fine.
    /// - Throws: `FileError`, also when something that is not a folder has the name.
    public static func createFolder(_ path: String) throws(FileError) {
        let operation = "create folder"
        try check(path, operation)
        if isFolder(path) { return }
        if let parent = parent(path) { try createFolder(parent) }
        // Another process may have made it in between.
        guard unsafe mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path)) else {
            throw FileError(path: path, operation: operation)
        }
    }

    /// Makes a folder that must not be there yet, and its missing parents.
    /// - Throws: `FileError`, also when something has the name already.
    public static func createNewFolder(_ path: String) throws(FileError) {
        guard try createFolderIfNew(path) else {
            throw FileError(path: path, operation: "create folder", code: EEXIST)
        }
    }

    /// Makes the first folder of `stem-1`, `stem-2`, ... that is not there yet, and its missing parents.
    ///
    /// Two processes that do so at the same time get two folders.
    /// - Returns: The folder's path.
    public static func createNumberedFolder(_ stem: String) throws(FileError) -> String {
        var number = 1
        while true {
            let path = "\(stem)-\(number)"
            if try createFolderIfNew(path) { return path }
            number += 1
        }
    }

    /// The names in a folder, sorted.
    public static func list(_ path: String) throws(FileError) -> [String] {
        let operation = "list"
        try check(path, operation)
        guard let folder = unsafe opendir(path) else { throw FileError(path: path, operation: operation) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while true {
            // Only errno tells the end from an error.
            errno = 0
            guard let entry = unsafe readdir(folder) else { break }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError(path: path, operation: operation) }
        return names.sorted()
    }

    /// Removes a file, a link or an empty folder.
    public static func remove(_ path: String) throws(FileError) {
        let operation = "remove"
        try check(path, operation)
        guard unsafe Glibc.remove(path) == 0 else { throw FileError(path: path, operation: operation) }
    }

    /// Removes a regular file unless a process reads it that has marked it as in use (`FileStream.markInUse`).
    ///
    /// An advisory lock of the kernel (`flock`); where the file system has none, every file counts as unused.
    /// - Returns: Whether the file was removed; false also for a link, and for what is no regular file.
    public static func removeUnused(_ path: String) throws(FileError) -> Bool {
        guard let mode = mode(path, followsLinks: false), mode & S_IFMT == S_IFREG else { return false }
        let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, operation: "remove")
        guard file.lock() else { return false }
        try remove(path)
        return true
    }

    /// Removes a file, or a folder with everything in it; links are removed, not followed.
    public static func removeTree(_ path: String) throws(FileError) {
        var status = stat()
        try check(path, "remove")
        if unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
            for name in try list(path) { try removeTree(path + "/" + name) }
        }
        try remove(path)
    }

    /// The path of the folder that a path is in: nil for the root, and for a bare name, which is in the current folder.
    public static func parent(_ path: String) -> String? {
        // By bytes, as the kernel reads it: "/" with a combining mark after it is another character, but ends a name all the same.
        let slash = UInt8(ascii: "/")
        guard let nameEnd = path.utf8.lastIndex(where: { $0 != slash }) else { return nil }
        guard let nameStart = path.utf8[...nameEnd].lastIndex(of: slash) else { return nil }
        guard let parentEnd = path.utf8[..<nameStart].lastIndex(where: { $0 != slash }) else { return "/" }
        return String(path[...parentEnd])
    }

    /// The type and permission bits of what a path leads to, or of a link itself, or nil when it leads to nothing.
    static func mode(_ path: String, followsLinks: Bool = true) -> mode_t? {
        var status = stat()
        guard !path.utf8.contains(0), unsafe (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        return status.st_mode
    }

    /// Refuses a path that the system would silently cut at a zero byte.
    static func check(_ path: String, _ operation: String) throws(FileError) {
        guard !path.utf8.contains(0) else {
            throw FileError(path: path, operation: operation, reason: "the path contains a zero byte")
        }
    }

    /// Whether the folder was made; false when the name is taken.
    private static func createFolderIfNew(_ path: String) throws(FileError) -> Bool {
        try check(path, "create folder")
        if let parent = parent(path) { try createFolder(parent) }
        if unsafe mkdir(path, 0o777) == 0 { return true }
        guard errno == EEXIST else { throw FileError(path: path, operation: "create folder") }
        return false
    }
}
