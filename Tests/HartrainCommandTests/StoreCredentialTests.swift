import Glibc
import Platform
import Testing

/// Keys that are asked for when the first request needs them: of a program, a container's agent, a token service.
@Suite(.enabled(if: StoreServer.python != nil), .serialized) struct StoreCredentialTests {
    private static let weights = PretrainedTests.folder(.cnn) + "/best.safetensors"

    /// Publishes with an environment that has no keys but what the body gives it.
    private func upload(
        _ change: (_ command: inout Command, _ server: StoreServer, _ folder: String) throws -> Void
    ) throws -> Command.Outcome {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder)
            var command = Command(in: folder)
            command.environment = ["AWS_ENDPOINT_URL": server.endpoint]
            try change(&command, server, folder)
            let outcome = try command.run("upload", StoreCredentialTests.weights, "s3://models/har", "--store-timeout", "10s")
            for secret in [server.secretKey, server.sessionToken ?? "", "wrong-token"] {
                #expect(!outcome.errors.contains(secret))
            }
            return outcome
        }
    }

    @Test func aProgramOfAProfile() throws {
        func outcome(_ script: String) throws -> Command.Outcome {
            try upload { command, server, folder in
                let text = script.replacing(
                    "KEYS",
                    with: """
                        {"Version": 1, "AccessKeyId": "\(server.accessKey)", "SecretAccessKey": "\(server.secretKey)",
                         "SessionToken": "\(server.sessionToken ?? "")"}
                        """)
                try Files.createFolder(folder + "/.aws")
                try Files.writeAtomically(Array(text.utf8), to: folder + "/give keys.sh")
                try Files.writeAtomically(
                    Array("[default]\ncredential_process = sh '\(folder)/give keys.sh'\n".utf8), to: folder + "/.aws/config")
            }
        }
        let right = try outcome("cat <<'END'\nKEYS\nEND\n")
        #expect(right.code == 0, "\(right.errors)")
        #expect(try outcome("exit 3").errors.contains("credential_process of profile 'default': ended with exit code 3"))
        #expect(try outcome("echo wrong-token").errors.contains("must print a JSON object with \"Version\": 1"))
    }

    @Test func aContainersAgent() throws {
        let right = try upload { command, server, folder in
            command.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.endpoint + "/credentials"
            command.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "~/token"
            // No proxy may see it.
            command.environment["http_proxy"] = "http://127.0.0.1:9"
            command.environment["no_proxy"] = ""
            try Files.writeAtomically(Array("right-token\n".utf8), to: folder + "/token")
        }
        // The store itself is behind the proxy that is not there.
        #expect(right.code == 1 && right.errors.contains("error: s3://models/har/cnn/"), "\(right.errors)")
        let direct = try upload { command, server, _ in
            command.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.endpoint + "/credentials"
            command.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "right-token"
        }
        #expect(direct.code == 0, "\(direct.errors)")
        let wrong = try upload { command, server, _ in
            command.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.endpoint + "/credentials"
            command.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "wrong-token"
        }
        #expect(wrong.code == 1 && wrong.errorLines.count == 1)
        #expect(
            wrong.errors.hasPrefix("error: AWS_CONTAINER_CREDENTIALS_FULL_URI: no credentials come from there: HTTP 403"),
            "\(wrong.errors)")
    }

    @Test func aTokenThatIsChangedIntoKeys() throws {
        func outcome(_ token: String) throws -> Command.Outcome {
            try upload { command, _, folder in
                command.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder + "/token"
                command.environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/trainer"
                try Files.writeAtomically(Array(token.utf8), to: folder + "/token")
            }
        }
        let right = try outcome("right/token+")
        #expect(right.code == 0, "\(right.errors)")
        let wrong = try outcome("wrong-token")
        #expect(wrong.code == 1 && wrong.errorLines.count == 1)
        #expect(
            wrong.errors.hasPrefix(
                "error: AWS_WEB_IDENTITY_TOKEN_FILE: no credentials come from there: HTTP 400 InvalidIdentityToken"),
            "\(wrong.errors)")
    }
}
