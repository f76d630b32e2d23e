import ArgumentParser
import Models
import ObjectStore
import Platform

/// How an S3-compatible store is reached.
public struct StoreArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "The store's URL. (default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's, else Amazon S3)", valueName: "url"))
    var endpoint: String?

    @Option(help: "The store's region. (default: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else us-east-1)")
    var region: String?

    @Option(
        help: ArgumentHelp(
            "How a bucket stands in URLs: in the path, as a host (virtual), or auto: as a host at Amazon only. "
                + "(default: the profile's, else auto)", valueName: "style"))
    var addressing: Endpoint.Addressing?

    @Flag(name: .customLong("no-sign-request"), help: "Use no credentials: for buckets that anybody may read.")
    var isAnonymous = false

    @Option(
        name: .customLong("store-timeout"), parsing: .unconditional,
        help: ArgumentHelp("Give up on an object after this time, attempts included. (default: 60s)", valueName: "time"),
        transform: TimeLimit.init)
    var timeout: TimeLimit?

    @Option(
        name: .customLong("store-fallback"),
        help: ArgumentHelp(
            "When the store gives nothing: none, an error, or cache, the verified weights that the cache has.", valueName: "place"
        ))
    var fallback = StoreConfiguration.Fallback.none

    @Flag(
        name: .customLong("offline"),
        help: "Take weights from the cache and ask no store, as HARTRAIN_OFFLINE=1 does.")
    var isOffline = false

    /// The options of a command that is not parsed from a command line.
    public init() {}

    /// Takes from the environment what the command line does not give.
    /// - Throws: A `ValidationError` that names the variable.
    public mutating func complete(from environment: EnvironmentOptions) throws {
        endpoint = endpoint ?? environment.text("ENDPOINT")
        region = region ?? environment.text("REGION")
        addressing = try addressing ?? environment.word("ADDRESSING")
        isAnonymous = isAnonymous || environment.isSet("NO_SIGN_REQUEST")
        timeout = try timeout ?? environment.value("STORE_TIMEOUT", TimeLimit.init)
        if fallback == .none, let word: StoreConfiguration.Fallback = try environment.word("STORE_FALLBACK") { fallback = word }
        isOffline = isOffline || environment.isSet("OFFLINE")
    }

    /// The store with the user's cache; nothing is asked of it yet.
    /// - Parameter signs: Whether requests are signed, so that credentials are needed.
    /// - Throws: An `ObjectStoreError` that says what is missing or wrong.
    public func open(signs: Bool = true) throws -> ModelStore {
        var options = StoreConfiguration.Options()
        options.names = SettingNames(
            endpoint: "--endpoint", region: "--region", anonymous: "--no-sign-request", seconds: "--store-timeout",
            offline: "--offline", fallback: "--store-fallback cache")
        options.endpoint = endpoint
        options.region = region
        options.addressing = addressing
        options.isAnonymous = isAnonymous || !signs
        if let timeout { options.seconds = timeout.seconds }
        options.fallback = fallback
        options.isOffline = try isOffline || StoreArguments.isOfflineByEnvironment()
        options.isInterrupted = { Interruption.requested }
        let configuration = try StoreConfiguration(options, environment: Environment.value)
        return ModelStore(ObjectStore(configuration), cache: ObjectCache(environment: Environment.value))
    }

    private static func isOfflineByEnvironment() throws(CommandError) -> Bool {
        switch Environment.value("HARTRAIN_OFFLINE")?.lowercased() {
        case nil, "0", "false": return false
        case "1", "true": return true
        default: throw CommandError("HARTRAIN_OFFLINE must be 1 or true, 0 or false")
        }
    }
}

extension Endpoint.Addressing: ExpressibleByArgument {}
extension StoreConfiguration.Fallback: ExpressibleByArgument {}
