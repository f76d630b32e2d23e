/// One request, ready to be sent.
struct HTTPRequest {
    /// What signs it: an AWS signature, version 4, by libcurl.
    struct Signer {
        let credentials: Credentials
        let region: String
    }

    let method: String
    let url: String
    /// Names and values besides those that libcurl adds.
    var headers: [(name: String, value: String)] = []
    /// nil for a request without a body.
    var body: [UInt8]?
    /// nil for a request without a signature.
    var signer: Signer?
    /// A file of certificates to trust in place of the system's.
    var certificates: String?
    /// Whether no proxy of the environment may stand between: its host is on this machine's own network.
    var bypassesProxies = false
    /// The most bytes of the body of an answer with status 200, or nil where no answer has content: then its body is cut short, as that of
    /// every other answer is.
    var contentLimit: Int?
    /// Whether the answer is not wanted any more.
    var isInterrupted: @Sendable () -> Bool = { false }
}

/// What a server answered.
struct HTTPResponse {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    /// All of it, or the beginning of one that is no content.
    let body: [UInt8]

    func header(_ name: String) -> String? { headers[name] }

    /// Whether the same request may work another time, as far as the status says.
    static func isPassing(_ status: Int) -> Bool { status >= 500 || status == 429 || status == 408 }
}

/// Why no answer came.
enum HTTPFailure: Error, Equatable, CustomStringConvertible {
    /// No request of this kind can work on this machine, or none to this place.
    case hopeless(String)
    /// Another attempt may work.
    case passing(String)
    /// The time is up.
    case timeout
    /// The content has more bytes than it may have.
    case contentTooLong(limit: Int)
    /// The header has more bytes than it may have; with the status, 0 where none came.
    case headerTooLong(status: Int)
    /// The caller does not want the answer any more.
    case interrupted

    var description: String {
        switch self {
        case .hopeless(let problem):
            "cannot be asked: \(problem)\(problem.contains("SSL") ? " (AWS_CA_BUNDLE names a file of certificates to trust)" : "")"
        case .passing(let problem): "no answer: \(problem)"
        case .timeout: "no answer in time"
        case .contentTooLong(let limit): "the answer is too long: at most \(limit) bytes are read"
        case .headerTooLong: "the answer's header is too long: at most \(HTTPAnswer.headerLimit) bytes are read"
        case .interrupted: "interrupted"
        }
    }

    /// What it means for another attempt, or nil where none can mend it.
    var setback: RetryPolicy.Setback? {
        switch self {
        case .passing: .passing(description)
        case .timeout: .timeout
        case .headerTooLong(let status) where HTTPResponse.isPassing(status): .passing(description)
        case .hopeless, .contentTooLong, .headerTooLong, .interrupted: nil
        }
    }
}
