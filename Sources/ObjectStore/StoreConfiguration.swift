import Platform

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

        /// Nothing set.
        public init() {}
    }

    let endpoint: Endpoint
    let region: String
    /// nil where requests go without a signature.
    let credentials: Credentials?
    let certificates: String?
    let seconds: Double

    /// The region that the AWS tools fall back to for S3.
    private static let defaultRegion = "us-east-1"

    /// Settles how a store is reached; nothing is asked of it.
    /// - Parameter variable: Gives the value of an environment variable that is set and not empty.
    /// - Throws: An `ObjectStoreError` that names the option, the variable or the file that is missing or wrong.
    public init(_ options: Options, environment variable: (String) -> String?) throws(ObjectStoreError) {
        let profile = try Profile(environment: variable)
        region = options.region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile["region"]
            ?? StoreConfiguration.defaultRegion
        guard region.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            throw ObjectStoreError(place: "region", reason: "must be letters, digits and '-', such as eu-west-1")
        }
        var addressing = options.addressing
        if addressing == nil { addressing = try profile.addressing() }
        let urls: [(String, String?)] = [
            ("--endpoint", options.endpoint), ("AWS_ENDPOINT_URL_S3", variable("AWS_ENDPOINT_URL_S3")),
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
            credentials = try profile.credentials()
        }
        certificates = variable("AWS_CA_BUNDLE") ?? profile["ca_bundle"]
        seconds = options.seconds
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
        return try Credentials(accessKey: access, secretKey: secret, sessionToken: variable("AWS_SESSION_TOKEN"), from: "environment")
    }
}

extension Credentials {
    /// - Throws: An `ObjectStoreError` where a value holds what no header may hold; without the value.
    init(accessKey: String, secretKey: String, sessionToken: String?, from source: String) throws(ObjectStoreError) {
        for value in [accessKey, secretKey, sessionToken ?? ""] {
            guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw ObjectStoreError(
                    place: source, reason: "a part of the AWS credentials has spaces or other characters that no key has: "
                        + "copy it again")
            }
        }
        self.init(accessKey: accessKey, secretKey: secretKey, sessionToken: sessionToken)
    }
}

/// The profile that AWS_PROFILE names, out of both files.
private struct Profile {
    private let name: String
    private let credentialsFile: String
    private let configFile: String
    /// The names and values of both files; those of the credentials file first.
    private var ofCredentials: [String: String] = [:]
    private var ofConfig: [String: String] = [:]

    /// - Throws: An `ObjectStoreError` where a file cannot be read, or AWS_PROFILE names a profile that neither has.
    init(environment variable: (String) -> String?) throws(ObjectStoreError) {
        let chosen = variable("AWS_PROFILE")
        name = chosen ?? "default"
        let folder = variable("HOME").map { $0 + "/.aws" }
        func file(_ name: String, _ standard: String) -> String? { variable(name) ?? folder.map { "\($0)/\(standard)" } }
        credentialsFile = file("AWS_SHARED_CREDENTIALS_FILE", "credentials") ?? "~/.aws/credentials"
        configFile = file("AWS_CONFIG_FILE", "config") ?? "~/.aws/config"
        let credentials = try Profile.read(credentialsFile)[name]
        let file = try Profile.read(configFile)
        let config = file["profile \(name)"] ?? file["profile \"\(name)\""] ?? (name == "default" ? file[name] : nil)
        guard chosen == nil || credentials != nil || config != nil else {
            throw ObjectStoreError(
                place: "AWS_PROFILE", reason: "names a profile that neither \(credentialsFile) nor \(configFile) has")
        }
        ofCredentials = credentials ?? [:]
        ofConfig = config ?? [:]
    }

    private static func read(_ path: String) throws(ObjectStoreError) -> ProfileFile {
        Files.exists(path) ? try ProfileFile(reading: path) : ProfileFile()
    }

    subscript(key: String) -> String? {
        (ofCredentials[key] ?? ofConfig[key]).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where a value stands, for messages.
    func place(_ key: String) -> String { "\(key) of profile '\(name)'" }

    func addressing() throws(ObjectStoreError) -> Endpoint.Addressing? {
        let key = "s3.addressing_style"
        guard let style = self[key] else { return nil }
        guard let addressing = Endpoint.Addressing(rawValue: style) else {
            throw ObjectStoreError(place: place(key), reason: "must be auto, path or virtual")
        }
        return addressing
    }

    /// - Throws: An `ObjectStoreError` that says where credentials could stand, where there are none.
    func credentials() throws(ObjectStoreError) -> Credentials {
        // Keys belong together: both of one file.
        for (values, file) in [(ofCredentials, credentialsFile), (ofConfig, configFile)] {
            if let access = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] {
                return try Credentials(
                    accessKey: access, secretKey: secret, sessionToken: values["aws_session_token"],
                    from: "profile '\(name)' of \(file)")
            }
        }
        let elsewhere = ["credential_process", "sso_session", "sso_start_url", "role_arn", "web_identity_token_file"]
        if let key = elsewhere.first(where: { self[$0] != nil }) {
            throw ObjectStoreError(
                place: place(key),
                reason: "such credentials are not read here: export them first, "
                    + "as with eval \"$(aws configure export-credentials --format env)\"")
        }
        throw ObjectStoreError(
            place: "credentials",
            reason: "there are none: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, add profile '\(name)' to "
                + "\(credentialsFile), or use --no-sign-request for a public bucket")
    }
}
