import Glibc
import Synchronization

/// What is said where this process cannot have the memory that it needs; how much it can have, `Machine.availableBytes` knows.
public enum MemoryLimit {
    /// The most bytes that the process may use by its own limits; `Int.max` where there are none.
    private static var ofProcess: Int { min(limit(Int32(RLIMIT_AS.rawValue)), limit(Int32(RLIMIT_DATA.rawValue))) }

    /// How much memory there is, for the message that it is not enough, and the limit of the process where it has one.
    /// - Parameter available: The bytes that this process can have.
    public static func text(available: Int) -> String {
        let limit = ofProcess < .max ? " (of the \(NumberText.bytes(ofProcess)) that it may use: ulimit -v)" : ""
        return "this process can have \(available >> 20) MiB of memory\(limit)"
    }

    /// A limit of the process in bytes; `Int.max` where there is none.
    private static func limit(_ resource: __rlimit_resource_t) -> Int {
        var values = rlimit()
        guard unsafe getrlimit(resource, &values) == 0 else { return .max }
        return Int(clamping: values.rlim_cur)
    }

    /// The address of the message and its length.
    private static let address = Atomic<UInt>(0)
    private static let length = Atomic<Int>(0)

    /// Has all threads share one arena of memory where the address space is limited: glibc reserves 64 MiB of it for each of their own.
    public static func shareArenas() {
        // Swift's module of glibc leaves malloc.h out.
        guard ofProcess < .max, let address = unsafe dlsym(nil, "mallopt") else { return }
        let mallopt = unsafe unsafeBitCast(address, to: (@convention(c) (_ parameter: Int32, _ value: Int32) -> Int32).self)
        let arenaMax: Int32 = -8
        _ = mallopt(arenaMax, 1)
    }

    /// Whether so many bytes of address space could be had now.
    public static func hasRoom(for bytes: Int) -> Bool {
        let room = unsafe mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard unsafe room != MAP_FAILED else { return false }
        unsafe munmap(room, bytes)
        return true
    }

    /// From now on the process ends with exit code 1 and a line that says what to do, where memory that it cannot do without is
    /// refused: Swift's arrays have no other way than to abort.
    public static func explainRefusals() {
        var text = "error: out of memory"
        if ofProcess < .max { text += ": this process may use \(NumberText.bytes(ofProcess)) (ulimit -v)" }
        let message = Array((text + "; raise the limit, or use smaller batches, fewer threads or less data\n").utf8)
        // Lives as long as the process: a handler may not allocate.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
        unsafe memory.copyBytes(from: message)
        length.store(message.count, ordering: .relaxed)
        address.store(UInt(bitPattern: memory.baseAddress), ordering: .releasing)
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in
            let start = unsafe UnsafeRawPointer(bitPattern: MemoryLimit.address.load(ordering: .acquiring))
            if let start = unsafe start { _ = unsafe write(STDERR_FILENO, start, MemoryLimit.length.load(ordering: .relaxed)) }
            _exit(1)
        }
        unsafe sigaction(SIGABRT, &action, nil)
    }
}
