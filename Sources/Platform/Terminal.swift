import Glibc

/// The two outputs of the process, and whether a person is reading them.
public enum Terminal {
    /// An output, as its file descriptor.
    public enum Output: Int32, Sendable {
        case standardOutput = 1
        case standardError = 2
    }

    /// Whether the output is a terminal, not a file or a pipe.
    public static func isTerminal(_ output: Output) -> Bool {
        isatty(output.rawValue) == 1
    }

    /// The columns of the terminal, or nil when the output is none or does not know.
    public static func width(_ output: Output) -> Int? {
        var size = winsize()
        guard unsafe ioctl(output.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes all of a text at once, unbuffered.
    ///
    /// A reader that has gone (`hartrain ... | head`) does not end the process: from the first call on the signal SIGPIPE is
    /// ignored, and the result tells.
    /// - Returns: Whether everything was written; false when nobody reads any more or the disk behind the output is full.
    @discardableResult
    public static func write(_ text: String, to output: Output) -> Bool { write(Array(text.utf8), to: output) }

    /// Writes bytes as they are, as `write` of a text does.
    @discardableResult
    public static func write(_ bytes: [UInt8], to output: Output) -> Bool {
        ignoringBrokenPipes
        // Not "\(output)", which asks the runtime for the case's name: more work than to write a line of a log.
        let name = output == .standardOutput ? "standard output" : "standard error"
        let file = OpenFile(descriptor: output.rawValue, name: name)
        return (try? file.write(bytes)) != nil
    }

    /// Whether somebody can still read what is written: false for a pipe whose other end is closed.
    public static func hasReader(_ output: Output) -> Bool {
        var state = pollfd(fd: output.rawValue, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&state, 1, 0) < 0 || state.revents & Int16(POLLERR) == 0
    }

    /// Set once, when first used.
    private static let ignoringBrokenPipes: Void = {
        signal(SIGPIPE, SIG_IGN)
    }()
}
