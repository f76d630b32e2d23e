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

    /// What a reader knows of an object before it comes.
    public struct Expectation: Equatable, Sendable {
        /// Its SHA-256, as 64 hexadecimal digits, or nil: with it, a cached object needs no question to the store.
        public var sha256: String?
        /// The SHA-256 that its key names, or nil: the store is asked all the same.
        public var keyHash: String?
        /// The most bytes that it may have.
        public var limit: Int

        /// An object of at most `limit` bytes.
        public init(sha256: String? = nil, keyHash: String? = nil, limit: Int = ObjectStore.largestObject) {
            self.sha256 = sha256
            self.keyHash = keyHash
            self.limit = limit
        }
    }

    public let configuration: StoreConfiguration
    var retries = RetryPolicy()

    /// The largest object that is read, in bytes.
    public static let largestObject = 1 << 30
    /// The user metadata in which an object carries its SHA-256, as aws-cli and boto3 show it: "sha256".
    static let hashHeader = "x-amz-meta-sha256"

    /// A store; nothing is asked of it yet.
    public init(_ configuration: StoreConfiguration) {
        self.configuration = configuration
    }

    /// Reads an object.
    /// - Parameter time: What is left for it, or nil for the configuration's limit.
    /// - Throws: An `ObjectStoreError`, also where the bytes are not those that were published.
    public func read(
        _ place: ObjectURL, expecting expected: Expectation = Expectation(), within time: TimeBudget? = nil
    ) throws(ObjectStoreError) -> Object {
        try run(try readingRequest(place, expected), place, writing: false, within: time) { response in
            response.status == 200 ? ObjectStore.checked(response, expected) { $0 } : nil
        }
    }

    /// Reads an object unless it is the one that the reader has.
    /// - Parameters:
    ///   - etag: What the store called the content that the reader has.
    ///   - time: What is left for it, or nil for the configuration's limit.
    /// - Returns: The object, or nil where the reader's is the latest.
    /// - Throws: As `read`.
    public func read(
        _ place: ObjectURL, unless etag: String, expecting expected: Expectation = Expectation(), within time: TimeBudget? = nil
    ) throws(ObjectStoreError) -> Object? {
        var request = try readingRequest(place, expected)
        request.headers.append(("If-None-Match", etag))
        return try run(request, place, writing: false, within: time) { response in
            switch response.status {
            case 304: .done(nil)
            case 200: ObjectStore.checked(response, expected) { $0 }
            default: nil
            }
        }
    }

    /// A text out of an object, such as what is wrong with it, fit for an error message and without what is secret: what comes of a server
    /// can repeat what went to it.
    public func shown(_ text: String) -> String {
        SecretFilter(configuration.credentials?.secrets ?? []).shown(text, limit: 400)
    }

    private func readingRequest(_ place: ObjectURL, _ expected: Expectation) throws(ObjectStoreError) -> HTTPRequest {
        guard !place.key.isEmpty else {
            throw ObjectStoreError(place: "\(place)", reason: "names a bucket: add the object's key, as in s3://bucket/key")
        }
        var request = request("GET", place, hash: SHA256.hex(of: []))
        request.contentLimit = expected.limit
        return request
    }

    /// The answer's object, or what its bytes lack.
    static func checked<Result>(
        _ response: HTTPResponse, _ expected: Expectation, as result: (Object) -> Result
    ) -> RetryPolicy.Attempt<Result> {
        let actual = SHA256.hex(of: response.body)
        let known = [expected.sha256, expected.keyHash, response.header(hashHeader).flatMap(PublishedHash.hex)].compactMap(\.self)
        if let other = known.first(where: { $0 != actual }) {
            return .failed(
                .doubtful(
                    "the object is damaged: its SHA-256 is \(actual.prefix(16))..., published was \(other.prefix(16))...: upload it again"
                ))
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
        var request = self.request("PUT", place, hash: hash)
        request.body = bytes
        request.headers += [(ObjectStore.hashHeader, hash), ("Content-Type", contentType)]
        try run(request, place, writing: true, within: nil) { response in
            // Any web server can say 200, as one that shows a page to whatever it is asked. S3 names what it has stored, and says no more.
            let isStored = [200, 201, 204].contains(response.status) && response.header("etag").map { !$0.isEmpty } == true
            return isStored && String(decoding: response.body, as: UTF8.self).trimmed.isEmpty ? .done(()) : nil
        }
    }

    private func request(_ method: String, _ place: ObjectURL, hash: String) -> HTTPRequest {
        // S3 refuses a body that was altered on its way. Only headers with a value: libcurl 7.88 signs others, but does not send them.
        HTTPRequest(
            method: method, url: configuration.endpoint.url(of: place), headers: [("x-amz-content-sha256", hash)],
            certificates: configuration.certificates, isInterrupted: configuration.isInterrupted)
    }

    /// Sends a request until it has its result.
    /// - Parameter result: What an answer comes to, or nil where it is the store's error.
    private func run<Result>(
        _ request: HTTPRequest, _ place: ObjectURL, writing: Bool, within time: TimeBudget?,
        result: (HTTPResponse) -> RetryPolicy.Attempt<Result>?
    ) throws(ObjectStoreError) -> Result {
        func failure(_ reason: String, _ status: Int? = nil, _ code: String? = nil) -> ObjectStoreError {
            ObjectStoreError(place: "\(place) at \(configuration.endpoint.name)", reason: reason, status: status, code: code)
        }
        guard !configuration.isOffline else { throw failure("is not asked (\(configuration.names.offline))") }
        let time = time ?? TimeBudget(seconds: configuration.seconds)
        let credentials = try configuration.credentials?.credentials(
            CredentialExchange(time: time, names: configuration.names, isInterrupted: configuration.isInterrupted))
        let request = signed(request, credentials)
        let filter = SecretFilter(credentials?.secrets ?? [])
        return try send(request, within: time, failure: { failure($0) }) {
            (response) throws(ObjectStoreError) -> RetryPolicy.Attempt<Result> in
            if let result = result(response) { return result }
            let answer = StoreAnswer(response, hiding: filter)
            let reason = answer.reason(writing: writing, configuration: configuration, now: Int(Files.now() / 1_000_000_000))
            guard answer.isPassing else { throw failure(reason, response.status, answer.code) }
            return .failed(.passing(reason))
        }
    }

    /// Sends a request as often as the policy allows, until an answer is what was asked for.
    /// - Parameters:
    ///   - failure: The error for a reason.
    ///   - attempt: What an answer comes to; throws where the next would be no other.
    func send<Result>(
        _ request: HTTPRequest, within time: TimeBudget, failure: (String) -> ObjectStoreError,
        attempt: (HTTPResponse) throws(ObjectStoreError) -> RetryPolicy.Attempt<Result>
    ) throws(ObjectStoreError) -> Result {
        try retries.run(
            within: time, names: configuration.names, isInterrupted: configuration.isInterrupted, failure: failure
        ) { (left) throws(ObjectStoreError) -> RetryPolicy.Attempt<Result> in
            let response: HTTPResponse
            do throws(HTTPFailure) {
                response = try CurlTransport.send(request, within: left)
            } catch {
                guard let setback = error.setback else { throw failure(error.description) }
                return .failed(setback)
            }
            return try attempt(response)
        }
    }

    private func signed(_ request: HTTPRequest, _ credentials: Credentials?) -> HTTPRequest {
        guard let credentials else { return request }
        var request = request
        request.signer = HTTPRequest.Signer(credentials: credentials, region: configuration.region)
        if let token = credentials.sessionToken { request.headers.append(("x-amz-security-token", token)) }
        return request
    }
}
