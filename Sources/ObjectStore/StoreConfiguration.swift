/// How an object store is reached: endpoint, region, credentials and limits, from options, environment and profiles.
///
/// The order is that of the AWS tools: options before variables, variables before the profile's files.
///
/// | what | option, variables | in a profile |
/// |---|---|---|
/// | endpoint | `endpoint`, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL | endpoint_url |
/// | region | `region`, AWS_REGION, AWS_DEFAULT_REGION | region |
/// | credentials | AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN | the same in lower case |
/// | addressing | `addressing` | s3.addressing_style |
/// | certificates | AWS_CA_BUNDLE | ca_bundle |
///
/// Profiles stand in AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and AWS_CONFIG_FILE (~/.aws/config); AWS_PROFILE names one
/// ("default").
public struct StoreConfiguration: Sendable {
    /// What a caller can set, before environment and profiles.
    public struct Options: Sendable {
        /// The store's URL, or nil for Amazon's.
        public var endpoint: String?
        /// The region that signs and, at Amazon, the host.
        public var region: String?
        /// How a bucket stands in URLs.
        public var addressing: Endpoint.Addressing?
        /// Whether requests go without a signature: for buckets that anybody may read.
        public var isAnonymous = false
        /// The most that one object may take, attempts and pauses included, in seconds.
        public var seconds = 60.0
        /// What errors call these settings.
        public var names = SettingNames()

        /// Nothing set.
        public init() {}
    }

    let endpoint: Endpoint
    let region: String
    /// nil where requests go without a signature.
    let credentials: Credentials?
    let certificates: String?
    let seconds: Double
    let names: SettingNames

    /// The region that the AWS tools fall back to for S3.
    private static let defaultRegion = "us-east-1"

    /// Settles how a store is reached; nothing is asked of it.
    /// - Parameter variable: Gives the value of an environment variable that is set and not empty.
    /// - Throws: An `ObjectStoreError` that names the option, the variable or the file that is missing or wrong.
    public init(_ options: Options, environment variable: (String) -> String?) throws(ObjectStoreError) {
        let profile = try AWSProfile(environment: variable)
        region =
            options.region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile["region"]
            ?? StoreConfiguration.defaultRegion
        guard region.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            throw ObjectStoreError(place: "region", reason: "must be letters, digits and '-', such as eu-west-1")
        }
        var addressing = options.addressing
        if addressing == nil { addressing = try profile.addressing() }
        let urls: [(String, String?)] = [
            (options.names.endpoint, options.endpoint), ("AWS_ENDPOINT_URL_S3", variable("AWS_ENDPOINT_URL_S3")),
            ("AWS_ENDPOINT_URL", variable("AWS_ENDPOINT_URL")), (profile.place("endpoint_url"), profile["endpoint_url"]),
        ]
        var endpoint = Endpoint(region: region, addressing: addressing ?? .auto)
        if let (source, url) = urls.first(where: { $0.1 != nil }), let url {
            endpoint = try Endpoint(url: url, from: source, addressing: addressing ?? .auto)
        }
        self.endpoint = endpoint
        if options.isAnonymous {
            credentials = nil
        } else if let found = try StoreConfiguration.credentials(ofEnvironment: variable) {
            credentials = found
        } else {
            credentials = try profile.credentials(names: options.names)
        }
        certificates = variable("AWS_CA_BUNDLE") ?? profile["ca_bundle"]
        seconds = options.seconds
        names = options.names
    }

    /// The credentials that the environment holds, whole or not at all.
    private static func credentials(ofEnvironment variable: (String) -> String?) throws(ObjectStoreError) -> Credentials? {
        let (accessName, secretName) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        let (access, secret) = (variable(accessName), variable(secretName))
        guard access != nil || secret != nil else { return nil }
        guard let access, let secret else {
            let (there, missing) = access == nil ? (secretName, accessName) : (accessName, secretName)
            throw ObjectStoreError(place: missing, reason: "is not set, although \(there) is: set both or neither")
        }
        return try Credentials(
            accessKey: access, secretKey: secret, sessionToken: variable("AWS_SESSION_TOKEN"), from: "environment")
    }
}
