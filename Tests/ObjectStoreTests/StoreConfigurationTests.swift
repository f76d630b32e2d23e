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
        #expect(plain.credentials == (try Credentials(accessKey: "AKIA1", secretKey: "secret1", sessionToken: nil, from: "")))
        #expect(plain.region == "us-east-1" && plain.endpoint.name == "https://s3.us-east-1.amazonaws.com")
        #expect(plain.seconds == 60 && plain.certificates == nil)
        variables["AWS_DEFAULT_REGION"] = "eu-north-1"
        #expect(try configuration(variables).region == "eu-north-1")
        variables.merge(["AWS_REGION": "eu-west-1", "AWS_SESSION_TOKEN": "token", "AWS_CA_BUNDLE": "/ca.pem"]) { $1 }
        #expect(try configuration(variables).region == "eu-west-1")
        #expect(try configuration(variables).credentials?.sessionToken == "token")
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
    }

    @Test func aProfileGivesWhatTheEnvironmentDoesNot() throws {
        let credentials =
            "[default]\naws_access_key_id = D\naws_secret_access_key = d\n"
            + "[edge]\naws_access_key_id = E\naws_secret_access_key = e\naws_session_token = t\n"
        let config =
            "[profile edge]\nregion = eu-west-1\nendpoint_url = http://e:1\nca_bundle = /ca.pem\ns3 =\n  addressing_style = virtual\n"
        #expect(try configuration([:], credentials: credentials).credentials?.accessKey == "D")
        let edge = try configuration(["AWS_PROFILE": "edge"], credentials: credentials, config: config)
        #expect(edge.credentials == (try Credentials(accessKey: "E", secretKey: "e", sessionToken: "t", from: "")))
        #expect(edge.region == "eu-west-1" && edge.certificates == "/ca.pem")
        #expect(edge.endpoint == (try Endpoint(url: "http://e:1", from: "", addressing: .virtual)))
        // Variables are nearer than a profile, also one that a variable names.
        let both = try configuration(
            StoreConfigurationTests.keys.merging(["AWS_PROFILE": "edge"]) { $1 }, credentials: credentials, config: config)
        #expect(both.credentials?.accessKey == "AKIA1" && both.region == "eu-west-1")
        // Keys may stand in the other file, too.
        #expect(
            try configuration([:], config: "[default]\naws_access_key_id = C\naws_secret_access_key = c\n").credentials?.accessKey
                == "C")
    }

    @Test func filesCanBeElsewhere() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(
                Array("[default]\naws_access_key_id = F\naws_secret_access_key = f\n".utf8), to: folder + "/keys")
            #expect(try configuration(["AWS_SHARED_CREDENTIALS_FILE": folder + "/keys"]).credentials?.accessKey == "F")
            try Files.writeAtomically(Array("[default]\nregion = eu-west-3\n".utf8), to: folder + "/settings")
            let variables = StoreConfigurationTests.keys.merging(["AWS_CONFIG_FILE": folder + "/settings"]) { $1 }
            #expect(try configuration(variables).region == "eu-west-3")
        }
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
        let credentials = try configuration(StoreConfigurationTests.keys).credentials
        #expect("\(try #require(credentials))" == "credentials")
    }
}
