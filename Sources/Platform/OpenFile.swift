import Glibc

extension FileError {
    /// The error for a system call that has just failed, with the system's reason.
    init(path: String, operation: String, code: Int32 = errno) {
        // glibc's strerror keeps its text for each thread apart; the text is copied at once.
        self.init(path: path, operation: operation, reason: unsafe String(cString: strerror(code)) + FileError.remedy(code))
    }

    /// What helps where there is no room for a file.
    private static func remedy(_ code: Int32) -> String {
        switch code {
        case ENOSPC: ": free some space there and try again"
        case EDQUOT: ": remove files of yours, or ask for more, and try again"
        case EFBIG: ": raise 'ulimit -f', or choose a file system that takes larger files, and try again"
        default: ""
        }
    }
}

/// An open file that closes itself at the end of its life.
struct OpenFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private let closes: Bool

    /// Opens a file with `open(2)`'s flags.
    init(_ path: String, _ flags: Int32, operation: String) throws(FileError) {
        try Files.check(path, operation)
        let opened = retrying { unsafe open(path, flags | O_CLOEXEC, 0o644) }
        guard opened >= 0 else { throw FileError(path: path, operation: operation) }
        self.path = path
        descriptor = opened
        closes = true
    }

    /// A file that is open already and stays open.
    init(descriptor: Int32, name: String) {
        path = name
        self.descriptor = descriptor
        closes = false
    }

    deinit {
        // Nothing is lost in a failing close: what must last was fsynced before.
        if closes { _ = close(descriptor) }
    }

    /// What `fstat(2)` says.
    func status(_ operation: String) throws(FileError) -> stat {
        var result = stat()
        guard unsafe fstat(descriptor, &result) == 0 else { throw FileError(path: path, operation: operation) }
        return result
    }

    /// Reads as many bytes as come at once into the end of an array, at most `count`; 0 at the end of the file.
    func read(_ count: Int, onto bytes: inout [UInt8]) throws(FileError) -> Int {
        let old = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        let got = unsafe bytes.withUnsafeMutableBytes { buffer in
            retrying { unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + old }, count) }
        }
        guard got >= 0 else { throw FileError(path: path, operation: "read") }
        bytes.removeLast(count - got)
        return got
    }

    /// Reads into memory until it is full or the file ends.
    /// - Returns: The number of bytes read.
    @_lifetime(buffer: copy buffer)
    func read(into buffer: inout MutableRawSpan) throws(FileError) -> Int {
        try unsafe buffer.withUnsafeMutableBytes { (bytes) throws(FileError) -> Int in
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
    }

    /// Writes all the bytes, however many calls that takes.
    func write(_ bytes: [UInt8]) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let put = unsafe bytes.withUnsafeBytes { buffer in
                retrying { unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done) }
            }
            if put >= 0 {
                done += put
            } else if errno == EAGAIN {
                // A terminal or pipe that another program made non-blocking: wait until it takes more.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&ready, 1, -1)
            } else {
                throw FileError(path: path, operation: "write")
            }
        }
    }

    /// Cuts the file to a length in bytes.
    func truncate(_ length: Int) -> Bool {
        ftruncate(descriptor, length) == 0
    }

    /// Locks the file for this process alone, until it is closed.
    /// - Returns: False where another has locked it; true also where the file system has no locks for it.
    func lock() -> Bool {
        retrying { flock(descriptor, LOCK_EX | LOCK_NB) } == 0 || errno != EWOULDBLOCK
    }

    /// Whether the file system has locks and no other process has locked the file; then this one has it until it is closed.
    var isFree: Bool { retrying { flock(descriptor, LOCK_EX | LOCK_NB) } == 0 }

    /// Locks the file together with others that do the same, and against `lock`, until it is closed; where another has it alone, it
    /// is not locked.
    func lockShared() {
        _ = retrying { flock(descriptor, LOCK_SH | LOCK_NB) }
    }

    /// Waits until the file is on the disk.
    func synchronize() -> Bool {
        retrying { fsync(descriptor) } == 0
    }
}

/// Calls again as long as a signal interrupts the call.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
