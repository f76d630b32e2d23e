import Glibc
import Synchronization

/// The wish of a person (Ctrl-C, a closed terminal) or the system (`kill`) that the program end, kept until the program is at a
/// good place to.
public enum Interruption {
    private static let received = Atomic<Int32>(0)
    /// When the first signal came, in nanoseconds of a clock that is never 0; 0 before.
    private static let firstCame = Atomic<Int64>(0)

    /// Nanoseconds within which signals are one wish: a terminal and a script around the program may both pass one on.
    private static let patience: Int64 = 500_000_000

    /// From now on the first SIGINT, SIGTERM and SIGHUP do not end the program but are remembered; a SIGINT or SIGTERM that comes half a
    /// second later or more ends it as usual. Forgets what was received before.
    ///
    /// A terminal that closes can send SIGHUP twice, from the shell and from the kernel, so a second one changes nothing; where
    /// SIGHUP is ignored, as under nohup, it stays so.
    public static func install() {
        // Also makes sure that the handler does not meet an atomic that is not initialised yet.
        received.store(0, ordering: .relaxed)
        firstCame.store(0, ordering: .relaxed)
        for signal in [SIGINT, SIGTERM] { handle(signal) { Interruption.endOrRemember($0) } }
        var old = sigaction()
        unsafe sigaction(SIGHUP, nil, &old)
        // Handlers cannot be compared, their addresses can.
        func address(_ handler: __sighandler_t?) -> Int { unsafe unsafeBitCast(handler, to: Int.self) }
        let isIgnored = unsafe address(old.__sigaction_handler.sa_handler) == address(SIG_IGN)
        if !isIgnored { handle(SIGHUP) { Interruption.received.store($0, ordering: .relaxed) } }
    }

    /// From now on Ctrl-\ ends the program at once, without the report of a crash, and a file that would grow over `ulimit -f` is an
    /// error of its writing, as a full disk is, and no end without a word.
    public static func tame() {
        Glibc.signal(SIGQUIT, SIG_DFL)
        Glibc.signal(SIGXFSZ, SIG_IGN)
    }

    /// In a handler, where only atomics and a few of the system's calls are safe.
    private static func endOrRemember(_ signal: Int32) {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) + 1
        let first = firstCame.compareExchange(expected: 0, desired: now, ordering: .relaxed).original
        received.store(signal, ordering: .relaxed)
        guard first != 0, now - first >= patience else { return }
        Glibc.signal(signal, SIG_DFL)
        // It is blocked in its handler, and ends the program when that returns.
        raise(signal)
    }

    private static func handle(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        unsafe sigaction(signal, &action, nil)
    }

    /// Whether a signal has come since `install`.
    public static var requested: Bool { signal != nil }

    /// The signal that came last, SIGHUP (1), SIGINT (2) or SIGTERM (15), or nil: a program that it ended exits with 128 and this.
    public static var signal: Int32? {
        let value = received.load(ordering: .relaxed)
        return value == 0 ? nil : value
    }
}
