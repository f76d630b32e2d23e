import Platform

/// The profile that AWS_PROFILE names, out of both files.
struct AWSProfile {
    private let name: String
    private let credentialsFile: String
    private let configFile: String
    /// The names and values of both files; those of the credentials file first.
    private var ofCredentials: [String: String] = [:]
    private var ofConfig: [String: String] = [:]
    /// The section of `[services]` that the profile names.
    private var services: [String: String] = [:]
    private let environment: AWSEnvironment

    /// - Throws: An `ObjectStoreError` where a file cannot be read, or the profile that is named, or the services that it names, are in
    ///   neither.
    init(_ environment: AWSEnvironment) throws(ObjectStoreError) {
        self.environment = environment
        // In the order of botocore.
        let variable = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"].first { environment[$0] != nil }
        name = variable.flatMap { environment[$0] } ?? "default"
        credentialsFile = environment.path("AWS_SHARED_CREDENTIALS_FILE") ?? environment.expanded("~/.aws/credentials")
        configFile = environment.path("AWS_CONFIG_FILE") ?? environment.expanded("~/.aws/config")
        let credentials = try AWSProfile.read(credentialsFile)[name]
        let file = try AWSProfile.read(configFile)
        let config = file.section("profile", name) ?? (name == "default" ? file[name] : nil)
        if let variable, credentials == nil, config == nil {
            throw ObjectStoreError(
                place: variable, reason: "names a profile that neither \(credentialsFile) nor \(configFile) has")
        }
        ofCredentials = credentials ?? [:]
        ofConfig = config ?? [:]
        if let section = self["services"] {
            guard let found = file.section("services", section) else {
                throw ObjectStoreError(
                    place: place("services"), reason: "names a section [services ...] that \(configFile) does not have")
            }
            services = found
        }
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

    /// The URL at which a service answers, and what sets it; nil where nothing does.
    /// - Parameter service: As AWS names it in lower case: "s3", "sts".
    func endpoint(of service: String) -> (source: String, url: String)? {
        let isIgnored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] ?? self["ignore_configured_endpoint_urls"]
        if isIgnored?.lowercased() == "true" { return nil }
        let variable = "AWS_ENDPOINT_URL_\(service.uppercased())"
        let inServices = "\(service).endpoint_url"
        let urls: [(source: String, url: String?)] = [
            (variable, environment[variable]), ("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"]),
            ("\(inServices) of the services of profile '\(name)'", services[inServices]),
            (place("endpoint_url"), self["endpoint_url"]),
        ]
        for case (let source, let url?) in urls where !url.isEmpty { return (source, url) }
        return nil
    }

    /// Where the profile, or what the environment holds besides keys, has credentials.
    ///
    /// The order is botocore's: a web identity, keys of the credentials file, a process, keys of the configuration, the container's.
    /// - Throws: An `ObjectStoreError` that says where credentials could stand, where there are none.
    func credentials(names: SettingNames, region: String, certificates: String?) throws(ObjectStoreError) -> CredentialSource {
        func profileValue(_ key: String) -> String? { self[key] }
        if let identity = try WebIdentity(
            environment, profileValue, endpoint: endpoint(of: "sts")?.url, region: region, certificates: certificates)
        {
            return .webIdentity(identity)
        }
        try refuse(["source_profile", "credential_source"])
        if let keys = try keys(of: ofCredentials, credentialsFile) { return .keys(keys) }
        try refuse(["sso_session", "sso_start_url", "login_session"])
        if let command = self["credential_process"] {
            return .process(CredentialProcess(command: command, place: place("credential_process")))
        }
        if let keys = try keys(of: ofConfig, configFile) { return .keys(keys) }
        if let container = try ContainerCredentials(environment) { return .container(container) }
        try refuse(["role_arn"])
        throw ObjectStoreError(
            place: "credentials",
            reason: "there are none: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, add profile '\(name)' to "
                + "\(credentialsFile), or use \(names.anonymous) for a public bucket")
    }

    /// The keys in a profile of a file; both of one file, since they belong together.
    private func keys(of values: [String: String], _ file: String) throws(ObjectStoreError) -> Credentials? {
        guard let access = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else { return nil }
        return try Credentials(
            accessKey: access, secretKey: secret, sessionToken: values["aws_security_token"] ?? values["aws_session_token"],
            from: "profile '\(name)' of \(file)")
    }

    private func refuse(_ keys: [String]) throws(ObjectStoreError) {
        guard let key = keys.first(where: { self[$0] != nil }) else { return }
        throw ObjectStoreError(
            place: place(key),
            reason: "such credentials are not read here: export them first, "
                + "as with eval \"$(aws configure export-credentials --format env)\"")
    }
}
