import Glibc
import Synchronization

/// The wish of a person (Ctrl-C, a closed terminal) or the system (`kill`) that the program end, kept until the program is at a
/// good place to.
public enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// From now on the first SIGINT, SIGTERM and SIGHUP do not end the program but are remembered; the second SIGINT or SIGTERM
    /// ends it as usual. Forgets what was received before.
    ///
    /// A terminal that closes can send SIGHUP twice, from the shell and from the kernel, so a second one changes nothing; where
    /// SIGHUP is ignored, as under nohup, it stays so.
    public static func install() {
        // Also makes sure that the handler does not meet an atomic that is not initialised yet.
        received.store(0, ordering: .relaxed)
        // The kernel itself restores the default action when it calls the handler, so the second signal cannot be missed.
        for signal in [SIGINT, SIGTERM] { handle(signal, flags: UInt32(SA_RESETHAND)) }
        var old = sigaction()
        unsafe sigaction(SIGHUP, nil, &old)
        // Handlers cannot be compared, their addresses can.
        func address(_ handler: __sighandler_t?) -> Int { unsafe unsafeBitCast(handler, to: Int.self) }
        let isIgnored = unsafe address(old.__sigaction_handler.sa_handler) == address(SIG_IGN)
        if !isIgnored { handle(SIGHUP, flags: 0) }
    }

    /// From now on Ctrl-\ ends the program at once, without the report of a crash, and a file that would grow over `ulimit -f` is an
    /// error of its writing, as a full disk is, and no end without a word.
    public static func tame() {
        Glibc.signal(SIGQUIT, SIG_DFL)
        Glibc.signal(SIGXFSZ, SIG_IGN)
    }

    private static func handle(_ signal: Int32, flags: UInt32) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { Interruption.received.store($0, ordering: .relaxed) }
        action.sa_flags = Int32(bitPattern: flags) | SA_RESTART
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
