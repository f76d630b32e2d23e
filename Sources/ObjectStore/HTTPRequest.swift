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
    var headers: [(name: String, value: String)]
    /// nil for a request without a body.
    var body: [UInt8]?
    /// nil for a request without a signature.
    var signer: Signer?
    /// A file of certificates to trust in place of the system's.
    var certificates: String?
    /// The most bytes of the body of a successful response; other answers are short.
    var bodyLimit: Int
}

/// What a server answered.
struct HTTPResponse {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    func header(_ name: String) -> String? { headers[name] }
}

/// Why no answer came.
enum HTTPFailure: Error, Equatable {
    /// No request of this kind can work on this machine, or none to this place.
    case hopeless(String)
    /// Another attempt may work.
    case passing(String)
    /// The time is up.
    case timeout
    /// The answer has more bytes than it may have.
    case tooLarge(limit: Int)
}
