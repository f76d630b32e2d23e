import Glibc

/// What the system notes of a file and changes with every write to it, except through a memory map that is written to again and
/// again: two equal stamps taken some time apart mean the same content.
public struct FileStamp: Equatable, Sendable {
    public let device: UInt64
    public let inode: UInt64
    /// Bytes.
    public let size: Int64
    /// Nanoseconds since 1970 of the last write, which programs can set to what they like.
    public let modified: Int64
    /// Nanoseconds since 1970 of the last write or other change, which programs cannot set.
    public let changed: Int64
}

extension Files {
    /// The stamp of what a path leads to, or nil where it leads to nothing.
    public static func stamp(_ path: String) -> FileStamp? {
        var status = stat()
        guard !path.utf8.contains(0), unsafe stat(path, &status) == 0 else { return nil }
        func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
        return FileStamp(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
    }

    /// Nanoseconds since 1970, by the clock that stamps files.
    public static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
