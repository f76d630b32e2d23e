import Platform
import StrictJSON

/// An S3-compatible object store: reads and writes whole objects, each verified by its SHA-256.
///
/// What may pass (a server that answers 500 or 503, a broken connection) is tried again, with pauses and within the configuration's
/// time; everything else is an error at once. Requests are signed by libcurl (AWS Signature Version 4).
public struct ObjectStore: Sendable {
    /// An object as it was read.
    public struct Object: Equatable, Sendable {
        /// All of it.
        public let bytes: [UInt8]
        /// What the store calls this content, or nil where it does not.
        public let etag: String?
        /// The SHA-256 of the bytes, as 64 hexadecimal digits.
        public let sha256: String
        /// Whether the object carried its SHA-256, or its key or the reader knew it; it was the same then.
        public let isVerified: Bool
    }

    public let configuration: StoreConfiguration
    var retries = RetryPolicy()

    /// The largest object that is read, in bytes.
    public static let largestObject = 1 << 30
    /// The longest answer to a write, in bytes: nothing, or a few lines.
    private static let longestConfirmation = 1 << 16
    /// The user metadata in which an object carries its SHA-256, as aws-cli and boto3 show it: "sha256".
    static let hashHeader = "x-amz-meta-sha256"

    /// A store; nothing is asked of it yet.
    public init(_ configuration: StoreConfiguration) {
        self.configuration = configuration
    }

    /// Reads an object.
    /// - Parameters:
    ///   - sha256: What the reader knows of the object, or nil.
    ///   - keyHash: The SHA-256 that the object's key names, or nil.
    ///   - limit: The most bytes that are read.
    /// - Throws: An `ObjectStoreError`, also where the bytes are not those that were published.
    public func read(
        _ place: ObjectURL, sha256: String? = nil, keyHash: String? = nil, limit: Int = ObjectStore.largestObject
    ) throws(ObjectStoreError) -> Object {
        try run(try readingRequest(place, limit: limit), place, writing: false) { response in
            response.status == 200 ? ObjectStore.checked(response, [sha256, keyHash]) { $0 } : nil
        }
    }

    /// Reads an object unless it is the one that the reader has.
    /// - Parameters:
    ///   - etag: What the store called the content that the reader has.
    ///   - sha256: What the reader knows of the object, or nil.
    ///   - keyHash: The SHA-256 that the object's key names, or nil.
    ///   - limit: The most bytes that are read.
    /// - Returns: The object, or nil where the reader's is the latest.
    /// - Throws: As `read`.
    public func read(
        _ place: ObjectURL, unless etag: String, sha256: String? = nil, keyHash: String? = nil,
        limit: Int = ObjectStore.largestObject
    ) throws(ObjectStoreError) -> Object? {
        var request = try readingRequest(place, limit: limit)
        request.headers.append(("If-None-Match", etag))
        return try run(request, place, writing: false) { response in
            switch response.status {
            case 304: .done(nil)
            case 200: ObjectStore.checked(response, [sha256, keyHash]) { $0 }
            default: nil
            }
        }
    }

    private func readingRequest(_ place: ObjectURL, limit: Int) throws(ObjectStoreError) -> HTTPRequest {
        guard !place.key.isEmpty else {
            throw ObjectStoreError(place: "\(place)", reason: "names a bucket: add the object's key, as in s3://bucket/key")
        }
        return request("GET", place, body: nil, hash: SHA256.hex(of: []), limit: limit)
    }

    /// The answer's object, or what its bytes lack.
    /// - Parameter hashes: What is known of its SHA-256 besides what the answer says.
    private static func checked<Result>(
        _ response: HTTPResponse, _ hashes: [String?], as result: (Object) -> Result
    ) -> RetryPolicy.Attempt<Result> {
        let actual = SHA256.hex(of: response.body)
        let known = (hashes + [response.header(hashHeader)]).compactMap(\.self)
        if let expected = known.first(where: { $0 != actual }) {
            return .failed(
                .doubtful(
                    "the object is damaged: its SHA-256 is \(actual.prefix(16))..., published was "
                        + "\(JSON.excerpt(of: expected, limit: 64).prefix(16))...: upload it again"))
        }
        return .done(
            result(
                Object(
                    bytes: response.body, etag: ObjectStore.etag(response.header("etag")), sha256: actual,
                    isVerified: !known.isEmpty)))
    }

    /// An ETag that can be sent back, or nil: libcurl signs a header without a value, but does not send it.
    static func etag(_ text: String?) -> String? {
        text.flatMap { !$0.isEmpty && $0.utf8.count <= 1024 && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? $0 : nil }
    }

    /// Writes an object with its SHA-256, whole or not at all, in place of any that is there.
    /// - Parameter contentType: What readers take it for: "application/json".
    /// - Throws: An `ObjectStoreError`.
    public func write(_ bytes: [UInt8], to place: ObjectURL, contentType: String) throws(ObjectStoreError) {
        let hash = SHA256.hex(of: bytes)
        var request = self.request("PUT", place, body: bytes, hash: hash, limit: ObjectStore.longestConfirmation)
        request.headers += [(ObjectStore.hashHeader, hash), ("Content-Type", contentType)]
        try run(request, place, writing: true) { response in
            (200...204).contains(response.status) ? .done(()) : nil
        }
    }

    private func request(_ method: String, _ place: ObjectURL, body: [UInt8]?, hash: String, limit: Int) -> HTTPRequest {
        // S3 refuses a body that was altered on its way. Only headers with a value: libcurl 7.88 signs others, but does not send them.
        var request = HTTPRequest(
            method: method, url: configuration.endpoint.url(of: place),
            headers: [("x-amz-content-sha256", hash)], body: body,
            certificates: configuration.certificates, bodyLimit: limit)
        if let credentials = configuration.credentials {
            request.signer = HTTPRequest.Signer(credentials: credentials, region: configuration.region)
            if let token = credentials.sessionToken { request.headers.append(("x-amz-security-token", token)) }
        }
        return request
    }

    /// Sends a request until it has its result.
    /// - Parameter result: What an answer comes to, or nil where it is the store's error.
    private func run<Result>(
        _ request: HTTPRequest, _ place: ObjectURL, writing: Bool, result: (HTTPResponse) -> RetryPolicy.Attempt<Result>?
    ) throws(ObjectStoreError) -> Result {
        func failure(_ reason: String, _ status: Int? = nil, _ code: String? = nil) -> ObjectStoreError {
            ObjectStoreError(place: "\(place) at \(configuration.endpoint.name)", reason: reason, status: status, code: code)
        }
        return try retries.run(within: configuration.seconds, names: configuration.names, failure: { failure($0) }) {
            (left) throws(ObjectStoreError) -> RetryPolicy.Attempt<Result> in
            let response: HTTPResponse
            do throws(HTTPFailure) {
                response = try CurlTransport.send(request, within: left)
            } catch {
                switch error {
                case .passing(let problem): return .failed(.passing("no answer: \(problem)"))
                case .timeout: return .failed(.timeout)
                case .hopeless(let problem):
                    let hint = problem.contains("SSL") ? " (AWS_CA_BUNDLE names a file of certificates to trust)" : ""
                    throw failure("cannot be asked: \(problem)\(hint)")
                case .tooLarge(let limit): throw failure("the answer is too long: at most \(limit) bytes are read")
                }
            }
            if let result = result(response) { return result }
            let answer = StoreAnswer(response, hiding: configuration.credentials?.secrets ?? [])
            let reason = answer.reason(writing: writing, configuration: configuration, now: Int(Files.now() / 1_000_000_000))
            guard answer.isPassing else { throw failure(reason, response.status, answer.code) }
            return .failed(.passing(reason))
        }
    }
}
