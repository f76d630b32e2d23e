import CCurl

/// Sends requests through the system's libcurl.
enum CurlTransport {
    /// A server that does not take the connection in this time is not there, in milliseconds.
    private static let connectMilliseconds = 5000
    /// A transfer that stands still for so long has failed, in seconds.
    private static let stallSeconds = 10

    /// No request takes longer, whatever limit was given: a day.
    private static let longestSeconds = 86_400.0

    /// What C hands back during a request.
    private final class Exchange {
        let answer: HTTPAnswer
        let isInterrupted: @Sendable () -> Bool

        init(_ request: HTTPRequest) {
            answer = HTTPAnswer(contentLimit: request.contentLimit)
            isInterrupted = request.isInterrupted
        }

        static func of(_ context: UnsafeMutableRawPointer) -> Exchange {
            unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
        }
    }

    /// Sends a request and waits for its answer.
    /// - Parameter seconds: The most that it may take.
    static func send(_ request: HTTPRequest, within seconds: Double) throws(HTTPFailure) -> HTTPResponse {
        if request.isInterrupted() { throw .interrupted }
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
        if request.bypassesProxies { unsafe hartrain_http_bypass_proxy(handle) }
        if let file = request.certificates { unsafe hartrain_http_trust(handle, file) }
        unsafe hartrain_http_limit(
            handle, connectMilliseconds, stallSeconds, max(1, Int((min(seconds, longestSeconds) * 1000).rounded())))

        let exchange = Exchange(request)
        let outcome = withExtendedLifetime(exchange) {
            unsafe (request.body ?? []).withUnsafeBufferPointer { body in
                unsafe hartrain_http_perform(
                    handle, request.body != nil, body.baseAddress, body.count,
                    { context, bytes, count in
                        unsafe Exchange.of(context).answer.takeHeader(UnsafeBufferPointer(start: bytes, count: count))
                    },
                    { context, bytes, count in
                        unsafe Exchange.of(context).answer.takeBody(UnsafeBufferPointer(start: bytes, count: count))
                    }, { context in unsafe Exchange.of(context).isInterrupted() },
                    Unmanaged.passUnretained(exchange).toOpaque())
            }
        }
        return try result(outcome, exchange.answer) { unsafe String(cString: hartrain_http_message(handle)) }
    }

    /// What an answer comes to, by the way in which it ended.
    private static func result(
        _ outcome: hartrain_http_outcome, _ answer: HTTPAnswer, message: () -> String
    ) throws(HTTPFailure) -> HTTPResponse {
        switch outcome {
        case hartrain_http_ok: return answer.response
        case hartrain_http_interrupted: throw .interrupted
        case hartrain_http_header_too_long: throw .headerTooLong(status: answer.status)
        case hartrain_http_stopped:
            switch answer.end {
            case .contentTooLong(let limit): throw .contentTooLong(limit: limit)
            case .headerTooLong: throw .headerTooLong(status: answer.status)
            case .enough, nil: return answer.response
            }
        // What was lost is only more words about what the status has said.
        case hartrain_http_broken where answer.isDecided, hartrain_http_timeout where answer.isDecided: return answer.response
        case hartrain_http_broken: throw .passing(message())
        case hartrain_http_timeout: throw .timeout
        default: throw .hopeless(message())
        }
    }

    /// The date of a header ("Sun, 06 Nov 1994 08:49:37 GMT") in seconds since 1970, or nil where the text is none.
    static func seconds(_ date: String) -> Int? {
        let seconds = unsafe hartrain_http_date(date)
        return seconds < 0 ? nil : Int(seconds)
    }
}
