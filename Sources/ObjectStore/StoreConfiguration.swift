/// How an object store is reached: endpoint, region, credentials and limits, from options, environment and profiles.
///
/// The order is that of the AWS tools: options before variables, variables before the profile's files.
///
/// | what | option, variables | in a profile |
/// |---|---|---|
/// | endpoint | `endpoint`, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL | services' s3.endpoint_url, endpoint_url |
/// | region | `region`, AWS_REGION, AWS_DEFAULT_REGION | region |
/// | credentials | AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN | the same in lower case, credential_process |
/// | a role by a token | AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN | web_identity_token_file, role_arn |
/// | a container's credentials | AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI | |
/// | addressing | `addressing` | s3.addressing_style |
/// | certificates | AWS_CA_BUNDLE | ca_bundle |
///
/// Profiles stand in AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and AWS_CONFIG_FILE (~/.aws/config); AWS_DEFAULT_PROFILE or
/// AWS_PROFILE names one ("default"). AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true leaves only the option to name an endpoint.
public struct StoreConfiguration: Sendable {
    /// What a question that the store does not answer leads to.
    public enum Fallback: String, CaseIterable, Sendable {
        /// An error.
        case none
        /// The object that the cache has, verified by its SHA-256; an error where it has none.
        case cache
    }

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
        /// The most that one object may take, attempts, pauses and other processes' turns included, in seconds.
        public var seconds = 60.0
        /// Whether the store is not asked at all: objects come from the cache, and need no credentials.
        public var isOffline = false
        /// What a question that the store does not answer leads to.
        public var fallback = Fallback.none
        /// Whether what is under way is not wanted any more; asked again and again, at the latest after a second.
        public var isInterrupted: @Sendable () -> Bool = { false }
        /// What errors call these settings.
        public var names = SettingNames()

        /// Nothing set.
        public init() {}
    }

    let endpoint: Endpoint
    let region: String
    /// nil where requests go without a signature.
    let credentials: CredentialProvider?
    let certificates: String?
    let seconds: Double
    let isOffline: Bool
    let fallback: Fallback
    let isInterrupted: @Sendable () -> Bool
    let names: SettingNames

    /// The region that the AWS tools fall back to for S3.
    private static let defaultRegion = "us-east-1"

    /// Whether a text can be a region: it goes into host names and signatures, and is shown.
    static func isRegion(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    /// Settles how a store is reached; nothing is asked of it, nor of anybody for credentials.
    /// - Parameter variable: Gives the value of an environment variable that is set and not empty.
    /// - Throws: An `ObjectStoreError` that names the option, the variable or the file that is missing or wrong.
    public init(_ options: Options, environment variable: (String) -> String?) throws(ObjectStoreError) {
        self = try withoutActuallyEscaping(variable) { (variable) throws(ObjectStoreError) -> StoreConfiguration in
            try StoreConfiguration(options, AWSEnvironment(variable))
        }
    }

    private init(_ options: Options, _ environment: AWSEnvironment) throws(ObjectStoreError) {
        let profile = try AWSProfile(environment)
        region =
            options.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile["region"]
            ?? StoreConfiguration.defaultRegion
        guard StoreConfiguration.isRegion(region) else {
            throw ObjectStoreError(place: "region", reason: "must be letters, digits and '-', such as eu-west-1")
        }
        var addressing = options.addressing
        if addressing == nil { addressing = try profile.addressing() }
        let named = options.endpoint.map { (source: options.names.endpoint, url: $0) } ?? profile.endpoint(of: "s3")
        endpoint =
            if let named {
                try Endpoint(url: named.url, from: named.source, addressing: addressing ?? .auto)
            } else {
                Endpoint(region: region, addressing: addressing ?? .auto)
            }
        certificates = environment.path("AWS_CA_BUNDLE") ?? profile["ca_bundle"].map(environment.expanded)
        if options.isAnonymous || options.isOffline {
            credentials = nil
        } else if let found = try StoreConfiguration.credentials(of: environment) {
            credentials = CredentialProvider(.keys(found))
        } else {
            credentials = CredentialProvider(
                try profile.credentials(names: options.names, region: region, certificates: certificates))
        }
        seconds = options.seconds
        isOffline = options.isOffline
        fallback = options.fallback
        isInterrupted = options.isInterrupted
        names = options.names
    }

    /// The keys that the environment holds, whole or not at all.
    private static func credentials(of environment: AWSEnvironment) throws(ObjectStoreError) -> Credentials? {
        let (accessName, secretName) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        let (access, secret) = (environment[accessName], environment[secretName])
        guard access != nil || secret != nil else { return nil }
        guard let access, let secret else {
            let (there, missing) = access == nil ? (secretName, accessName) : (accessName, secretName)
            throw ObjectStoreError(place: missing, reason: "is not set, although \(there) is: set both or neither")
        }
        return try Credentials(
            accessKey: access, secretKey: secret,
            sessionToken: environment["AWS_SECURITY_TOKEN"] ?? environment["AWS_SESSION_TOKEN"],
            from: "environment")
    }
}
