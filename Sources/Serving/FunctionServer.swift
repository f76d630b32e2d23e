import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import Models
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle

/// A server of models over HTTP: every serverless framework of the study can run it.
public struct FunctionServer: Sendable {
    /// How a server is run.
    public struct Configuration: Sendable {
        /// The models; the first answers where a request names none. Empty: a Fission environment, which is told later.
        public var models: [ModelPlace] = []
        /// The address to listen on.
        public var host = "0.0.0.0"
        /// The port to listen on; 0 lets the system choose.
        public var port = 8080
        /// How often the places of the models are looked at for a new version, in seconds; nil: never.
        public var watchSeconds: Double?
        /// The largest body, in bytes.
        public var bodyBytes = 16 << 20
        /// The most requests that are answered at a time.
        public var requests = 256
        /// How long a header, a body and an idle connection may take, in seconds.
        public var (headerSeconds, bodySeconds, idleSeconds) = (10.0, 60.0, 75.0)
        /// How long the server takes requests after the wish to end, and how long their answers may take after that, in seconds.
        public var (drainSeconds, graceSeconds) = (5.0, 30.0)
        /// A file with the token that clients must show; nil: none.
        public var tokenFile: String?
        /// The least level that is logged: "debug", "info", "warning" ...
        public var logLevel = "info"

        /// The defaults.
        public init() {}
    }

    let configuration: Configuration
    private let loader: ModelLoader
    private let start: Stopwatch

    /// A server that does not run yet.
    /// - Parameters:
    ///   - store: Opens the object store; called for places that are no files, and told whether requests are signed.
    ///   - start: Has run since the start of the process.
    public init(_ configuration: Configuration, start: Stopwatch, store: @escaping @Sendable (_ signs: Bool) throws -> ModelStore)
    {
        self.configuration = configuration
        self.start = start
        loader = ModelLoader(store: store, lanes: Cores.available())
    }

    /// The threads that wait for connections.
    private var loops: Int { max(1, min(4, loader.lanes)) }

    /// The most threads of a process that serves: this one; the event loops; dispatch's, as many as cores for each of two priorities, and
    /// two that wait for timers and signals; as many as cores that look for new versions of the models.
    ///
    /// Whoever starts a server sees to it that the process can have them: the libraries that start them wait for ever for one that the
    /// system refuses.
    public var threads: Int { 3 + loops + (configuration.watchSeconds == nil ? 2 : 3) * loader.lanes }

    /// Loads the models, listens, and answers until a signal ends it: SIGTERM after a drain, SIGINT at once.
    /// - Throws: What keeps it from starting: a model that cannot be used, a port that is taken.
    public func run() async throws {
        let logger = try makeLogger()
        let token = try configuration.tokenFile.map { try BearerToken(reading: $0) }
        let api = try makeAPI()
        let lifecycle = Lifecycle()
        FunctionServer.allowManyConnections()

        let table = RouteTable(api, lifecycle, limit: configuration.bodyBytes)
        let middleware = RequestMiddleware(
            lifecycle: lifecycle, limit: configuration.requests, token: token, allowed: { table.allowed($0) }, logger: logger)
        let limits = ConnectionLimits(
            header: TimeAmount(configuration.headerSeconds), body: TimeAmount(configuration.bodySeconds),
            idle: TimeAmount(configuration.idleSeconds), bodyBytes: configuration.bodyBytes)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let application = Application(
            router: table.router(middleware),
            server: HTTPServerBuilder { ConnectionChannel(responder: $0, limits: limits, lifecycle: lifecycle) },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 4096),
            onServerRunning: { channel in listening(on: channel, api.registry, lifecycle, logger) },
            eventLoopGroupProvider: .shared(group), logger: FunctionServer.quiet(logger))
        // With names of their own: otherwise the group prints each of them by reflection, as often as a model is loaded.
        typealias Member = ServiceGroupConfiguration.ServiceConfiguration
        var services = [Member(service: application, serviceName: "server")]
        if let seconds = configuration.watchSeconds {
            let watcher = ModelWatcher(
                places: configuration.models, registry: api.registry, loader: loader, interval: .seconds(seconds),
                metrics: lifecycle.metrics, logger: logger)
            services.append(Member(service: watcher, serviceName: "watcher"))
        }
        let drain = DrainService(lifecycle: lifecycle, duration: .seconds(configuration.drainSeconds), logger: logger)
        services.append(Member(service: drain, serviceName: "drain"))
        var grouping = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm], cancellationSignals: [.sigint],
            logger: FunctionServer.quiet(logger))
        grouping.maximumGracefulShutdownDuration = .seconds(configuration.drainSeconds + configuration.graceSeconds)
        do {
            try await ServiceGroup(configuration: grouping).run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ServingError("port \(configuration.port) is taken: choose another by --port or PORT")
        } catch let error as IOError {
            throw ServingError("cannot listen on \(configuration.host), port \(configuration.port): \(error)")
        } catch is CancellationError {
            // SIGINT, or the end of the grace.
        }
        logger.notice("ended")
    }

    /// Loads the models.
    /// - Throws: What is wrong with one of them.
    func makeAPI() throws -> FunctionAPI {
        let registry = ModelRegistry(try configuration.models.map(loader.load))
        let specialization = Specialization(registry: registry) { [loader] place in
            try loader.load(ModelPlace(name: "har", place: place))
        }
        return FunctionAPI(registry: registry, specialization: specialization)
    }

    /// - Throws: A `ServingError` for an unknown level.
    func makeLogger() throws(ServingError) -> Logger {
        guard let level = Logger.Level(rawValue: configuration.logLevel) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServingError("there is no log level '\(configuration.logLevel.prefix(40))': choose \(levels)")
        }
        return Logger(label: "harfunction") { _ in JSONLines(logLevel: level) }
    }

    private func listening(on channel: any Channel, _ registry: ModelRegistry, _ lifecycle: Lifecycle, _ logger: Logger) {
        lifecycle.metrics.startMicroseconds.add(Int(start.seconds * 1e6))
        logger.notice(
            "listening",
            metadata: [
                "host": "\(configuration.host)", "port": "\(channel.localAddress?.port ?? configuration.port)",
                "models": .array(
                    registry.all.map { "\($0.name) \($0.version) from \($0.source), trained on \($0.details.dataSource)" }),
                "milliseconds": "\(NumberText.fixed(start.seconds * 1000, 1))",
            ])
    }

    /// What hummingbird and the service group say of themselves is nothing that this server does not say, but for what ends it.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }

    /// Lets the process have as many open files as the system permits: each connection is one.
    private static func allowManyConnections() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

extension TimeAmount {
    /// A time of so many seconds and parts of one.
    fileprivate init(_ seconds: Double) { self = .nanoseconds(Int64(seconds * 1e9)) }
}
