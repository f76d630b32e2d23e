import Glibc
import Synchronization

/// The wish of a person (Ctrl-C) or the system (`kill`) that the program end, kept until the program is at a good place to.
public enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// From now on the first SIGINT and the first SIGTERM do not end the program but are remembered; the second one of its kind
    /// ends it as usual. Forgets what was received before.
    public static func install() {
        // Also makes sure that the handler does not meet an atomic that is not initialised yet.
        received.store(0, ordering: .relaxed)
        for signal in [SIGINT, SIGTERM] {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { Interruption.received.store($0, ordering: .relaxed) }
            // The kernel itself restores the default action when it calls the handler, so the second signal cannot be missed.
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
            unsafe sigaction(signal, &action, nil)
        }
    }

    /// Whether a signal has come since `install`.
    public static var requested: Bool { signal != nil }

    /// The signal that came last, SIGINT (2) or SIGTERM (15), or nil: a program that it ended exits with 128 and this.
    public static var signal: Int32? {
        let value = received.load(ordering: .relaxed)
        return value == 0 ? nil : value
    }
}
