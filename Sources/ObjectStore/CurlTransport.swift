import CCurl

/// Sends requests through the system's libcurl.
enum CurlTransport {
    /// A server that does not take the connection in this time is not there, in milliseconds.
    private static let connectMilliseconds = 5000
    /// A transfer that stands still for so long has failed, in seconds.
    private static let stallSeconds = 10

    /// No request takes longer, whatever limit was given: a day.
    private static let longestSeconds = 86_400.0

    /// Sends a request and waits for its answer.
    /// - Parameter seconds: The most that it may take.
    static func send(_ request: HTTPRequest, within seconds: Double) throws(HTTPFailure) -> HTTPResponse {
        guard let handle = unsafe hartrain_http_new(request.method, request.url) else {
            let problem = unsafe String(cString: hartrain_http_problem())
            throw .hopeless(problem.isEmpty ? "libcurl has no memory for a request" : problem)
        }
        defer { unsafe hartrain_http_free(handle) }
        for (name, value) in request.headers { unsafe hartrain_http_add_header(handle, "\(name): \(value)") }
        if let signer = request.signer {
            let (keys, region) = (signer.credentials, signer.region)
            unsafe hartrain_http_sign(handle, "aws:amz:\(region):s3", keys.accessKey, keys.secretKey)
        }
        if let file = request.certificates { unsafe hartrain_http_trust(handle, file) }
        unsafe hartrain_http_limit(
            handle, connectMilliseconds, stallSeconds, max(1, Int((min(seconds, longestSeconds) * 1000).rounded())))

        let answer = Answer(limit: request.bodyLimit)
        var status = 0
        let outcome = withExtendedLifetime(answer) {
            unsafe (request.body ?? []).withUnsafeBufferPointer { body in
                unsafe hartrain_http_perform(
                    handle, request.body != nil, body.baseAddress, body.count,
                    { context, bytes, count in
                        unsafe Answer.of(context).takeHeader(UnsafeBufferPointer(start: bytes, count: count))
                    },
                    { context, bytes, count in
                        unsafe Answer.of(context).takeBody(UnsafeBufferPointer(start: bytes, count: count))
                    }, Unmanaged.passUnretained(answer).toOpaque(), &status)
            }
        }
        switch outcome {
        case hartrain_http_ok: return HTTPResponse(status: status, headers: answer.headers, body: answer.body)
        case hartrain_http_broken: throw .passing(unsafe String(cString: hartrain_http_message(handle)))
        case hartrain_http_timeout: throw .timeout
        case hartrain_http_stopped: throw .tooLarge(limit: request.bodyLimit)
        default: throw .hopeless(unsafe String(cString: hartrain_http_message(handle)))
        }
    }

    /// The date of a header ("Sun, 06 Nov 1994 08:49:37 GMT") in seconds since 1970, or nil where the text is none.
    static func seconds(_ date: String) -> Int? {
        let seconds = unsafe hartrain_http_date(date)
        return seconds < 0 ? nil : Int(seconds)
    }
}

/// What has come of an answer so far.
private final class Answer {
    private(set) var headers: [String: String] = [:]
    private(set) var body: [UInt8] = []
    /// The most bytes of a body; of one that says what went wrong, not more than a page.
    private var limit: Int { isSuccess ? successLimit : min(successLimit, Answer.errorLimit) }
    private let successLimit: Int
    private var isSuccess = true
    private static let errorLimit = 1 << 16
    private var headerSize = 0
    /// The most bytes of a header; libcurl before 8.3 takes any number.
    private static let headerLimit = 1 << 18

    init(limit: Int) {
        successLimit = limit
    }

    /// The answer behind the pointer that C hands back during the request.
    static func of(_ context: UnsafeMutableRawPointer) -> Answer {
        unsafe Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
    }

    func takeHeader(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        headerSize += bytes.count
        guard headerSize <= Answer.headerLimit else { return false }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // What came before a status line was an interim answer, such as "100 Continue".
            headers = [:]
            isSuccess = line.split(separator: " ").dropFirst().starts(with: ["200"])
        } else if let colon = line.firstIndex(of: ":") {
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].trimmed)
        }
        return true
    }

    func takeBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count <= limit - body.count else { return false }
        unsafe body.append(contentsOf: bytes)
        return true
    }
}
