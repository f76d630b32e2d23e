import Platform
import Testing

@testable import ObjectStore

/// The order in which the AWS tools look for what they need.
@Suite struct StoreConfigurationTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "secret1"]

    private func configuration(
        _ variables: [String: String], _ options: StoreConfiguration.Options = .init(), credentials: String? = nil,
        config: String? = nil
    ) throws -> StoreConfiguration {
        try withTemporaryFolder { folder in
            try Files.createFolder(folder + "/.aws")
            for (name, text) in [("credentials", credentials), ("config", config)] {
                if let text { try Files.writeAtomically(Array(text.utf8), to: "\(folder)/.aws/\(name)") }
            }
            return try StoreConfiguration(options, environment: { variables[$0] ?? ($0 == "HOME" ? folder : nil) })
        }
    }

    /// The keys of a configuration that has them at hand.
    private func keys(_ configuration: StoreConfiguration) throws -> Credentials? {
        try configuration.credentials?.credentials(
            CredentialExchange(time: TimeBudget(seconds: 1), names: SettingNames(), isInterrupted: { true }))
    }

    private func refusal(_ variables: [String: String], credentials: String? = nil, config: String? = nil) throws -> String {
        let error = try #require(throws: ObjectStoreError.self) {
            try configuration(variables, credentials: credentials, config: config)
        }
        #expect(!"\(error)".contains("secret1"))
        return "\(error)"
    }

    @Test func theEnvironmentIsEnough() throws {
        var variables = StoreConfigurationTests.keys
        let plain = try configuration(variables)
        #expect(try keys(plain) == (try Credentials(accessKey: "AKIA1", secretKey: "secret1", sessionToken: nil, from: "")))
        #expect(plain.region == "us-east-1" && plain.endpoint.name == "https://s3.us-east-1.amazonaws.com")
        #expect(plain.seconds == 60 && plain.certificates == nil)
        variables["AWS_DEFAULT_REGION"] = "eu-north-1"
        #expect(try configuration(variables).region == "eu-north-1")
        variables.merge(["AWS_REGION": "eu-west-1", "AWS_SESSION_TOKEN": "token", "AWS_CA_BUNDLE": "/ca.pem"]) { $1 }
        #expect(try configuration(variables).region == "eu-west-1")
        #expect(try keys(configuration(variables))?.sessionToken == "token")
        #expect(try configuration(variables).certificates == "/ca.pem")
        variables["AWS_ENDPOINT_URL"] = "http://a:1"
        #expect(try configuration(variables).endpoint.name == "http://a:1")
        variables["AWS_ENDPOINT_URL_S3"] = "http://b:2"
        #expect(try configuration(variables).endpoint.name == "http://b:2")
    }

    @Test func optionsComeFirst() throws {
        var options = StoreConfiguration.Options()
        options.endpoint = "http://c:3"
        options.region = "local"
        options.addressing = .virtual
        options.seconds = 5
        let variables = StoreConfigurationTests.keys.merging(["AWS_ENDPOINT_URL_S3": "http://b:2", "AWS_REGION": "eu-west-1"]) {
            $1
        }
        let configuration = try configuration(variables, options, config: "[default]\ns3 =\n addressing_style = path\n")
        #expect(configuration.endpoint == (try Endpoint(url: "http://c:3", from: "", addressing: .virtual)))
        #expect(configuration.region == "local" && configuration.seconds == 5)
        options.isAnonymous = true
        #expect(try self.configuration(variables, options).credentials == nil)
        options.isAnonymous = false
        options.isOffline = true
        #expect(try self.configuration([:], options).credentials == nil)
    }

    @Test func aProfileGivesWhatTheEnvironmentDoesNot() throws {
        let credentials =
            "[default]\naws_access_key_id = D\naws_secret_access_key = d\n"
            + "[edge]\naws_access_key_id = E\naws_secret_access_key = e\naws_session_token = t\n"
        let config =
            "[profile edge]\nregion = eu-west-1\nendpoint_url = http://e:1\nca_bundle = /ca.pem\ns3 =\n  addressing_style = virtual\n"
        #expect(try keys(configuration([:], credentials: credentials))?.accessKey == "D")
        let edge = try configuration(["AWS_PROFILE": "edge"], credentials: credentials, config: config)
        #expect(try keys(edge) == (try Credentials(accessKey: "E", secretKey: "e", sessionToken: "t", from: "")))
        #expect(edge.region == "eu-west-1" && edge.certificates == "/ca.pem")
        #expect(edge.endpoint == (try Endpoint(url: "http://e:1", from: "", addressing: .virtual)))
        // Variables are nearer than a profile, also one that a variable names.
        let both = try configuration(
            StoreConfigurationTests.keys.merging(["AWS_PROFILE": "edge"]) { $1 }, credentials: credentials, config: config)
        #expect(try keys(both)?.accessKey == "AKIA1" && both.region == "eu-west-1")
        // Keys may stand in the other file, too.
        #expect(
            try keys(configuration([:], config: "[default]\naws_access_key_id = C\naws_secret_access_key = c\n"))?.accessKey
                == "C")
    }

    @Test func filesCanBeElsewhere() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(
                Array("[default]\naws_access_key_id = F\naws_secret_access_key = f\n".utf8), to: folder + "/keys")
            #expect(try keys(configuration(["AWS_SHARED_CREDENTIALS_FILE": folder + "/keys"]))?.accessKey == "F")
            for path in ["~/keys", "$HOME/keys", "${HOME}/keys"] {
                let variables = ["AWS_SHARED_CREDENTIALS_FILE": path, "HOME": folder]
                #expect(try keys(configuration(variables))?.accessKey == "F")
            }
            try Files.writeAtomically(Array("[default]\nregion = eu-west-3\n".utf8), to: folder + "/settings")
            let variables = StoreConfigurationTests.keys.merging(["AWS_CONFIG_FILE": folder + "/settings"]) { $1 }
            #expect(try configuration(variables).region == "eu-west-3")
        }
    }

    @Test func aProfileIsNamedByEitherVariable() throws {
        let config = "[profile a]\nregion = ra\n[profile b]\nregion = rb\n"
        let keys = StoreConfigurationTests.keys
        #expect(try configuration(keys.merging(["AWS_DEFAULT_PROFILE": "a"]) { $1 }, config: config).region == "ra")
        // As botocore.
        let both = keys.merging(["AWS_DEFAULT_PROFILE": "a", "AWS_PROFILE": "b"]) { $1 }
        #expect(try configuration(both, config: config).region == "ra")
        #expect(try refusal(["AWS_DEFAULT_PROFILE": "nobody"]).hasPrefix("AWS_DEFAULT_PROFILE: names a profile that neither"))
    }

    @Test func servicesOfAProfileNameAnEndpoint() throws {
        let config = """
            [default]
            services = local
            endpoint_url = http://all:1
            [services local]
            sts =
              endpoint_url = http://sts:3
            s3 =
              endpoint_url = http://s3:2
            """
        let keys = StoreConfigurationTests.keys
        #expect(try configuration(keys, config: config).endpoint.name == "http://s3:2")
        #expect(
            try configuration(keys.merging(["AWS_ENDPOINT_URL": "http://e:4"]) { $1 }, config: config).endpoint.name
                == "http://e:4")
        let ignoring = keys.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True", "AWS_ENDPOINT_URL": "http://e:4"]) { $1 }
        #expect(try configuration(ignoring, config: config).endpoint.name == "https://s3.us-east-1.amazonaws.com")
        var options = StoreConfiguration.Options()
        options.endpoint = "http://o:5"
        #expect(try configuration(ignoring, options, config: config).endpoint.name == "http://o:5")
        #expect(
            try configuration(keys, config: "[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://x:1\n")
                .endpoint.name
                == "https://s3.us-east-1.amazonaws.com")
        #expect(try refusal(keys, config: "[default]\nservices = none\n").contains("names a section [services ...] that"))
    }

    @Test func credentialsFromElsewhereComeFromWhereTheyMay() throws {
        let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        for url in [
            "https://any.example/x", "http://127.0.0.1:80/x", "http://127.9.9.9/x", "http://localhost/x", "http://[::1]:80/x",
            "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/x",
        ] {
            #expect(throws: Never.self, "\(url)") { try configuration([full: url]) }
        }
        for url in [
            "http://example.org/x", "http://127.0.0.1.example.org/x", "http://10.0.0.1/x", "ftp://localhost/x",
            "http://localhost@example.org/x", "http://localhost\\@example.org/", "http://localhost/\u{301}@x",
            "http://127.0.0.256/",
        ] {
            #expect(try refusal([full: url]).hasPrefix("\(full): must be an https:// URL"), "\(url)")
        }
        #expect(throws: Never.self) { try configuration(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x"]) }
        #expect(try refusal(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@example.org/"]).contains("must be an https:// URL"))
        #expect(
            try refusal(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"])
                == "AWS_ROLE_ARN: is not set, although AWS_WEB_IDENTITY_TOKEN_FILE is: set both or neither")
        // A role that other keys would take is not theirs.
        let role = "[default]\nrole_arn = arn\nsource_profile = other\naws_access_key_id = C\naws_secret_access_key = c\n"
        #expect(try refusal([:], config: role).contains("aws configure export-credentials"))
        // Keys that are there go first.
        #expect(
            try keys(configuration(StoreConfigurationTests.keys.merging([full: "http://127.0.0.1/"]) { $1 }))?.accessKey
                == "AKIA1")
    }

    @Test func whatIsMissingOrWrongIsNamed() throws {
        #expect(try refusal([:]).hasPrefix("credentials: there are none: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"))
        #expect(
            try refusal(["AWS_SECRET_ACCESS_KEY": "secret1"])
                == "AWS_ACCESS_KEY_ID: is not set, although AWS_SECRET_ACCESS_KEY is: set both or neither")
        #expect(try refusal(["AWS_PROFILE": "nobody"]).hasPrefix("AWS_PROFILE: names a profile that neither"))
        #expect(try refusal(["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "secret1\n"]).contains("copy it again"))
        #expect(try refusal([:], config: "[default]\nsso_session = x\n").contains("aws configure export-credentials"))
        let keys = StoreConfigurationTests.keys
        #expect(
            try refusal(keys, config: "[default]\ns3 =\n addressing_style = host\n").hasSuffix("must be auto, path or virtual"))
        #expect(try refusal(keys.merging(["AWS_REGION": "eu west"]) { $1 }).hasPrefix("region: must be"))
        #expect(try refusal(keys.merging(["AWS_ENDPOINT_URL": "host"]) { $1 }).hasPrefix("AWS_ENDPOINT_URL: must be a URL"))
        #expect(
            try refusal(keys, config: "[default]\nendpoint_url = x\n").hasPrefix("endpoint_url of profile 'default': must be"))
        #expect(try refusal(keys, credentials: "nonsense").contains("/.aws/credentials, line 1: "))
    }

    @Test func credentialsShowNothingOfThemselves() throws {
        let credentials = try keys(configuration(StoreConfigurationTests.keys))
        #expect("\(try #require(credentials))" == "credentials")
    }
}
