import ArgumentParser
import Models
import ObjectStore
import Platform

/// How an S3-compatible store is reached.
struct StoreArguments: ParsableArguments {
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

    /// The store with the user's cache; nothing is asked of it yet.
    /// - Throws: An `ObjectStoreError` that says what is missing or wrong.
    func open() throws -> ModelStore {
        var options = StoreConfiguration.Options()
        options.names = SettingNames(
            endpoint: "--endpoint", region: "--region", anonymous: "--no-sign-request", seconds: "--store-timeout")
        options.endpoint = endpoint
        options.region = region
        options.addressing = addressing
        options.isAnonymous = isAnonymous
        if let timeout { options.seconds = timeout.seconds }
        let configuration = try StoreConfiguration(options, environment: Environment.value)
        return ModelStore(ObjectStore(configuration), cache: ObjectCache(environment: Environment.value))
    }
}

extension Endpoint.Addressing: ExpressibleByArgument {}
