import ArgumentParser
import CommandSupport
import Models
import Platform
import Serving

/// Serves models over HTTP: the command of `harfunction`, and `hartrain serve`.
public struct ServeCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve models over HTTP: windows in, classes out.",
        discussion: """
            Answers POST / and /predict (JSON, CSV or raw floats), POST /recording
            (readings without an end in, a line for each window out), the Open Inference
            Protocol (/v2), health (/healthz, /readyz), /metrics and a page at /.
            /openapi.json describes all of it.

            Runs as it is under OpenFaaS, Kubeless, Fission, Knative, KServe and AWS
            Lambda; with --stdin under a watchdog that starts a process for each request.

            Every option can be given by the environment, as HARFUNCTION_ and its name:
            HARFUNCTION_WEIGHTS, HARFUNCTION_BODY_LIMIT. The port is also read from PORT,
            FUNC_PORT and RUNTIME_PORT.

            SIGTERM: not ready at once, requests are taken for --drain, then answered to
            their end within --grace. Exit code 0. Ctrl-C ends at once.

            EXAMPLES
              harfunction --weights Checkpoints/pretrained/cnn/best.safetensors
              curl localhost:8080/predict -H 'Content-Type: text/csv' \\
                  --data-binary @windows.csv
              harfunction --model cnn=s3://models/har/cnn/latest.json \\
                  --model lstm=s3://models/har/lstm/latest.json --watch 30s
              harfunction --weights lstm.safetensors --stdin < window.json
            """,
        version: Program.version)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The weights of the model 'har': a file, a run folder, or an http://, https:// or s3:// place.", valueName: "place"))
    var weights: String?

    @Option(
        name: .customLong("model"),
        help: ArgumentHelp(
            "A model of another name; repeat it for several. The first answers / and /predict.", valueName: "name=place"))
    var models: [String] = []

    @Option(help: "The port. (default: PORT, FUNC_PORT, RUNTIME_PORT, else 8080)")
    var port: Int?

    @Option(help: "The address to listen on. (default: 0.0.0.0)")
    var host: String?

    @Option(
        help: ArgumentHelp("Look for new versions of the models every so often. (default: never)", valueName: "time"),
        transform: TimeLimit.init)
    var watch: TimeLimit?

    @Flag(help: "Answer one request on standard input, and end.")
    var stdin = false

    @Option(
        name: .customLong("body-limit"),
        help: ArgumentHelp("The largest body; /recording has none. (default: 16MiB)", valueName: "size"),
        transform: ByteLimit.init)
    var bodyLimit: ByteLimit?

    @Option(
        name: .customLong("request-limit"),
        help: ArgumentHelp("Answer so many requests at a time; more get 503. (default: 256)", valueName: "count"))
    var requestLimit: Int?

    @Option(
        name: .customLong("header-timeout"),
        help: ArgumentHelp("The longest time for a header. (default: 10s)", valueName: "time"),
        transform: TimeLimit.init)
    var headerTimeout: TimeLimit?

    @Option(
        name: .customLong("body-timeout"),
        help: ArgumentHelp(
            "The longest time for a body, for a pause in a recording, and for an answer that is not read. (default: 60s)",
            valueName: "time"), transform: TimeLimit.init)
    var bodyTimeout: TimeLimit?

    @Option(
        name: .customLong("idle-timeout"),
        help: ArgumentHelp("The longest time between two requests of a connection. (default: 75s)", valueName: "time"),
        transform: TimeLimit.init)
    var idleTimeout: TimeLimit?

    @Option(
        help: ArgumentHelp("After SIGTERM, take requests for so long. (default: 5s)", valueName: "time"),
        transform: TimeLimit.init)
    var drain: TimeLimit?

    @Option(
        help: ArgumentHelp("After that, let answers take so long. (default: 30s)", valueName: "time"), transform: TimeLimit.init)
    var grace: TimeLimit?

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp("Answer only those who send the token in this file as 'Authorization: Bearer'.", valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical. (default: info)", valueName: "level"))
    var logLevel: String?

    @OptionGroup(title: "Object store, for s3:// places")
    var store: StoreArguments

    public init() {}

    public func run() throws {
        let start = Stopwatch()
        var arguments = self.store
        try arguments.complete(from: .server)
        let store = arguments
        let server = FunctionServer(try configuration(), start: start) { try store.open(signs: $0) }
        guard !stdin, !EnvironmentOptions.server.isSet("STDIN") else {
            var body: [UInt8] = []
            let input = InputStream.standardInput()
            while try input.read(onto: &body) {}
            let (answer, warning) = try server.answer(body, environment: Environment.value)
            if let warning { Terminal.write("warning: \(warning)\n", to: .standardError) }
            // As it is: an answer may be bytes that are no text.
            guard Terminal.write(answer, to: .standardOutput) else {
                throw CommandError("cannot write the answer to standard output")
            }
            return
        }
        let interface = Environment.value("AWS_LAMBDA_RUNTIME_API")
        try ServeCommand.require(threads: server.threads)
        try Blocking.run {
            if let interface { try await server.runLambda(interface) } else { try await server.run() }
        }
    }

    /// What connections and answers take beside the threads, in bytes.
    private static let workspace = 32 << 20

    /// Starts so many threads and ends them.
    /// - Throws: A `CommandError` where the process cannot have them, or no memory to work with beside them.
    private static func require(threads: Int) throws {
        let pool = ThreadPool(threads: threads)
        guard pool.threads == threads else {
            throw CommandError(
                "a server here takes \(threads) threads and this process can have \(pool.threads): raise the limit of processes (ulimit -u, "
                    + "or --pids-limit and TasksMax of what runs it) or of memory (ulimit -v)")
        }
        guard MemoryLimit.hasRoom(for: workspace) else {
            throw CommandError(
                "a server here takes \(workspace >> 20) MiB beside its threads and \(MemoryLimit.text(available: Machine.availableBytes())): "
                    + "raise the limit of memory (ulimit -v)")
        }
    }

    private func place(_ name: String, _ place: String) throws -> ModelPlace {
        do throws(ServingError) {
            return try ModelPlace(name: name, place: place)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// The options, those of the environment where the command line has none, and the defaults.
    private func configuration() throws -> FunctionServer.Configuration {
        var result = FunctionServer.Configuration()
        let settings = EnvironmentOptions.server
        if let weights = weights ?? settings.text("WEIGHTS") {
            result.models.append(try place("har", weights))
        }
        for text in models.isEmpty ? settings.texts("MODEL") : models {
            guard let equals = text.firstIndex(of: "=") else {
                throw ValidationError("--model must be NAME=PLACE, found '\(text.prefix(200))'")
            }
            let place = try self.place(String(text[..<equals]), String(text[text.index(after: equals)...]))
            guard !result.models.contains(where: { $0.name == place.name }) else {
                throw ValidationError("the model '\(place.name)' is given twice")
            }
            result.models.append(place)
        }
        if let port = try port ?? settings.port() { result.port = port }
        guard (0...65535).contains(result.port) else { throw ValidationError("--port must be 0 to 65535") }
        if let host = host ?? settings.text("HOST") { result.host = host }
        result.watchSeconds = try (watch ?? settings.value("WATCH", TimeLimit.init))?.seconds
        if let limit = try bodyLimit ?? settings.value("BODY_LIMIT", ByteLimit.init) { result.bodyBytes = limit.bytes }
        guard result.bodyBytes > 0 else { throw ValidationError("--body-limit must be above 0") }
        if let limit = try requestLimit ?? settings.number("REQUEST_LIMIT") { result.requests = limit }
        guard result.requests > 0 else { throw ValidationError("--request-limit must be at least 1") }
        if let time = try headerTimeout ?? settings.value("HEADER_TIMEOUT", TimeLimit.init) {
            result.headerSeconds = time.seconds
        }
        if let time = try bodyTimeout ?? settings.value("BODY_TIMEOUT", TimeLimit.init) { result.bodySeconds = time.seconds }
        if let time = try idleTimeout ?? settings.value("IDLE_TIMEOUT", TimeLimit.init) { result.idleSeconds = time.seconds }
        if let time = try drain ?? settings.value("DRAIN", TimeLimit.init) { result.drainSeconds = time.seconds }
        if let time = try grace ?? settings.value("GRACE", TimeLimit.init) { result.graceSeconds = time.seconds }
        result.tokenFile = tokenFile ?? settings.text("TOKEN_FILE")
        if let level = logLevel ?? settings.text("LOG_LEVEL") { result.logLevel = level }
        return result
    }
}
