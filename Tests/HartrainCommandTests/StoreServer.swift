import Glibc
import Platform
import StrictJSON
import Testing

/// An S3 server on loopback behind a proxy that makes faults: see Tests/S3/serve.py.
final class StoreServer {
    /// The servers that there are.
    enum Kind: String, CaseIterable {
        case rclone, moto
    }

    /// A request that went through the proxy.
    struct Request: Equatable {
        let method: String
        let path: String
        let status: Int
        /// Bytes of the answer's body.
        let bytes: Int
        let ifNoneMatch: String?
    }

    /// The Python that has the servers, or nil where there is none: then the tests of stores are skipped.
    static let python = unsafe getenv("HARTRAIN_TEST_PYTHON").map { unsafe String(cString: $0) }
    static let scripts = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/S3"

    private let process: Process
    private let facts: JSON

    /// Starts a server in a folder and waits until it answers; it ends with this object.
    init(_ kind: Kind, in folder: String, isVirtual: Bool = false, faults: [String] = []) throws {
        var command = Command(in: folder)
        command.program = try #require(StoreServer.python)
        command.limit = 600
        let arguments = ["\(StoreServer.scripts)/serve.py", kind.rawValue] + (isVirtual ? ["--virtual"] : []) + faults
        let process = try command.start(arguments)
        guard try process.wait(until: { process.output.contains("\n") }) else {
            Issue.record("the server did not start: \(process.errors)")
            throw Command.Failure.notStarted(code: 0)
        }
        self.process = process
        facts = try JSON.parse(String(process.output.prefix { $0 != "\n" }))
    }

    var endpoint: String { facts["endpoint"]?.asString ?? "" }
    var accessKey: String { facts["access_key"]?.asString ?? "" }
    var secretKey: String { facts["secret_key"]?.asString ?? "" }
    /// nil where the credentials are not temporary.
    var sessionToken: String? { facts["session_token"]?.asString }

    /// What a user's environment holds to reach the server.
    var environment: [String: String] {
        var variables = ["AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey]
        variables["AWS_SESSION_TOKEN"] = sessionToken
        return variables
    }

    /// The program in a folder, with the environment that reaches this server.
    func command(in folder: String) -> Command {
        var command = Command(in: folder)
        command.environment = environment
        return command
    }

    /// The requests so far.
    var requests: [Request] {
        get throws {
            try process.output.split(separator: "\n").dropFirst().map { line in
                let json = try JSON.parse(String(line))
                return Request(
                    method: json["method"]?.asString ?? "", path: json["path"]?.asString ?? "",
                    status: json["status"]?.asInt ?? -1,
                    bytes: json["bytes"]?.asInt ?? -1, ifNoneMatch: json["if_none_match"]?.asString)
            }
        }
    }
}
