import Glibc

/// A folder taken by one process, until the lock's life or the process ends, however it ends.
///
/// An advisory lock of the kernel (`flock`) on the folder itself: no file is made, and nothing is left after a kill or a power
/// cut. On file systems that cannot lock folders, such as NFS, nothing is locked.
public struct FolderLock: ~Copyable {
    private let folder: OpenFile

    /// Takes the folder, or gives nil where another lock has it.
    /// - Parameter seconds: How long to wait for the other's end.
    /// - Throws: `FileError` when the folder cannot be opened.
    public init?(_ path: String, waiting seconds: Double = 0) throws(FileError) {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY, operation: "lock")
        let watch = Stopwatch()
        while !folder.lock() {
            guard watch.seconds < seconds else { return nil }
            usleep(10_000)
        }
        self.folder = folder
    }
}
