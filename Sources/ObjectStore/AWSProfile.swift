import Platform

/// The profile that AWS_PROFILE names, out of both files.
struct AWSProfile {
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
        let credentials = try AWSProfile.read(credentialsFile)[name]
        let file = try AWSProfile.read(configFile)
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
    func credentials(names: SettingNames) throws(ObjectStoreError) -> Credentials {
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
                + "\(credentialsFile), or use \(names.anonymous) for a public bucket")
    }
}
