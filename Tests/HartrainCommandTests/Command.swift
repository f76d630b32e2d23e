import Glibc
import Platform
import Testing

/// The program as its users start it: a process of its own, in a folder of its own, with its outputs in files.
struct Command {
    /// What a process left behind.
    struct Outcome {
        /// The exit code, or 128 and the signal's number where a signal ended it.
        let code: Int32
        let output: String
        let errors: String

        /// The lines of standard error.
        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    /// Why a process could not be run to its end.
    enum Failure: Error {
        case notStarted(code: Int32)
        case timeIsUp(arguments: [String], output: String, errors: String)
    }

    /// The folder that relative paths of the arguments begin in.
    let folder: String
    /// Variables besides the few that every run gets; no others reach the process (COLUMNS would change the width of the help).
    var environment: [String: String] = [:]
    /// What the shell does before it becomes the program: "ulimit -f 16;".
    var prelude = ""
    /// What is started, as a shell would: a path, from the folder where it is relative.
    var program = Command.binary
    /// After this many seconds the process is killed and the test fails: far more than any takes.
    var limit = 120.0

    init(in folder: String) {
        self.folder = folder
    }

    /// The binary, which is built beside the tests.
    static let binary: String = {
        let runner = unsafe realpath("/proc/self/exe", nil)
        defer { unsafe free(runner) }
        let path = unsafe runner.map { unsafe String(cString: $0) } ?? ""
        return path.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/hartrain"
    }()

    /// Runs the program to its end.
    /// - Parameter input: The bytes of standard input.
    func run(_ arguments: [String], input: [UInt8] = []) throws -> Outcome {
        try start(arguments, input: input).end()
    }

    func run(_ arguments: String..., input: [UInt8] = []) throws -> Outcome {
        try run(arguments, input: input)
    }

    /// Starts the program.
    /// - Parameters:
    ///   - inputPath: A pipe or a device that becomes its standard input in place of `input`.
    ///   - terminal: Becomes its standard error in place of a file.
    func start(
        _ arguments: [String], input: [UInt8] = [], inputPath: String? = nil, terminal: PseudoTerminal? = nil
    ) throws -> Process {
        // A folder of its own for each, beside the run folders that the program makes.
        let files = try Files.createNumberedFolder(folder + "/.process")
        try Files.writeAtomically(input, to: files + "/input")
        var variables = ["PATH": "/usr/bin:/bin", "HOME": folder, "HARTRAIN_CACHE": folder + "/.cache"]
        for name in ["TMPDIR", "OPENBLAS_CORETYPE", "LD_LIBRARY_PATH"] {
            if let value = unsafe getenv(name) { variables[name] = unsafe String(cString: value) }
        }
        variables.merge(environment) { _, own in own }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let new = O_WRONLY | O_CREAT | O_TRUNC
        unsafe posix_spawn_file_actions_addopen(&actions, 0, inputPath ?? files + "/input", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, files + "/output", new, 0o600)
        if let terminal {
            unsafe posix_spawn_file_actions_adddup2(&actions, terminal.descriptor, 2)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, files + "/errors", new, 0o600)
        }

        // The threads of a test may block or ignore signals, which a new process would take over.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT, SIGXFSZ] { unsafe sigaddset(&signals, signal) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // The shell changes the folder, which glibc's posix_spawn does for GNU C only, and becomes the program.
        let shell = ["sh", "-c", "cd \"$0\" && \(prelude) exec \"$@\"", folder, program]
        var words = unsafe (shell + arguments).map { unsafe strdup($0) } + [nil]
        var settings = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        var id = pid_t()
        let code = unsafe posix_spawn(&id, "/bin/sh", &actions, &attributes, &words, &settings)
        guard code == 0 else { throw Failure.notStarted(code: code) }
        return Process(id: id, arguments: arguments, files: files, limit: limit, terminal: terminal)
    }
}

/// A process under way.
final class Process {
    private let id: pid_t
    private let arguments: [String]
    private let files: String
    private let terminal: PseudoTerminal?
    private let deadline: ContinuousClock.Instant
    private var status: Int32?

    init(id: pid_t, arguments: [String], files: String, limit: Double, terminal: PseudoTerminal?) {
        self.id = id
        self.arguments = arguments
        self.files = files
        self.terminal = terminal
        deadline = .now + .seconds(limit)
    }

    /// A test that fails leaves no process behind.
    deinit {
        guard status == nil else { return }
        _ = kill(id, SIGKILL)
        _ = waitpid(id, nil, 0)
    }

    /// Whether the process waits for something, such as input: the state after the name in /proc/<id>/stat.
    var isAsleep: Bool {
        guard let file = unsafe fopen("/proc/\(id)/stat", "r") else { return false }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        unsafe fclose(file)
        let stat = String(decoding: bytes.prefix(count), as: UTF8.self)
        return stat.split(separator: ")").last?.split(separator: " ").first == "S"
    }

    func send(_ signal: Int32) {
        if status == nil { _ = kill(id, signal) }
    }

    /// Waits until the condition holds, the process ends, or time is up.
    /// - Returns: Whether the condition held while the process ran.
    func wait(until condition: () -> Bool) throws -> Bool {
        while isRunning {
            if condition() { return true }
            try pause()
        }
        return false
    }

    /// Waits for the end.
    func end() throws -> Command.Outcome {
        while isRunning { try pause() }
        let status = status ?? 0
        let signal = status & 0x7F
        return Command.Outcome(
            code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: text("output"),
            errors: terminal?.text ?? text("errors")
        )
    }

    /// What it has written so far.
    var output: String { text("output") }
    var errors: String { text("errors") }

    private var isRunning: Bool {
        terminal?.read()
        guard status == nil else { return false }
        var status: Int32 = 0
        guard unsafe waitpid(id, &status, WNOHANG) == id else { return true }
        self.status = status
        terminal?.read()
        return false
    }

    private func pause() throws {
        guard ContinuousClock.now < deadline else {
            throw Command.Failure.timeIsUp(arguments: arguments, output: text("output"), errors: text("errors"))
        }
        usleep(2000)
    }

    private func text(_ name: String) -> String {
        String(decoding: (try? Files.read("\(files)/\(name)")) ?? [], as: UTF8.self)
    }
}

/// A terminal without a screen: what a process writes to it is kept.
final class PseudoTerminal {
    /// The end that the process writes to.
    let descriptor: Int32
    private let controller: Int32
    private var bytes: [UInt8] = []

    init(columns: UInt16) {
        controller = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        // Linux's TIOCSPTLCK and TIOCGPTPEER: unlock the terminal and open its other end.
        var unlocked: Int32 = 0
        _ = unsafe ioctl(controller, 0x4004_5431, &unlocked)
        descriptor = ioctl(controller, 0x5441, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }

    deinit {
        close(descriptor)
        close(controller)
    }

    /// Takes what has been written; a terminal that nobody reads stops its writer.
    func read() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(controller, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes += buffer[..<count]
        }
    }

    /// All that was written so far; the terminal turns each line feed into a carriage return and a line feed.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
