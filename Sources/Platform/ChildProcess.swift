import Glibc

/// A program that is run to its end.
public enum ChildProcess {
    /// What a program left behind.
    public struct Outcome: Equatable, Sendable {
        /// The exit code, or 128 and the signal's number where a signal ended it.
        public let code: Int32
        /// What it wrote to standard output.
        public let output: [UInt8]
    }

    /// This program's own file, to start it again.
    public static let thisProgram = "/proc/self/exe"

    /// Runs a program with this process's environment; its standard input is empty, its standard error goes nowhere.
    /// - Parameter program: A path, or a name that is looked for in PATH.
    /// - Returns: nil where it cannot be started.
    public static func run(_ program: String, _ arguments: [String]) -> Outcome? {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return nil }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, writing, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        for end in [reading, writing] { unsafe posix_spawn_file_actions_addclose(&actions, end) }
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var id = pid_t()
        let code = unsafe posix_spawnp(&id, program, &actions, nil, &words, environ)
        close(writing)
        guard code == 0 else { return nil }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(reading, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output += buffer[..<count]
        }
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) != id {
            guard errno == EINTR else { return nil }
        }
        let signal = status & 0x7F
        return Outcome(code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output)
    }
}
