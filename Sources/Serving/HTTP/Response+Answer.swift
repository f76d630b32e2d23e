import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A page needs nothing from elsewhere, and nobody may put it into another.
    private static let pageHeaders = [
        FunctionAnswer.Header(
            name: "Content-Security-Policy",
            value:
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
        FunctionAnswer.Header(name: "X-Content-Type-Options", value: "nosniff"),
    ]

    /// An answer as HTTP has it.
    init(_ answer: FunctionAnswer) {
        var headers = HTTPFields()
        headers[.contentType] = answer.type.field
        headers.add(answer.headers)
        if answer.type == .html { headers.add(Response.pageHeaders) }
        self.init(
            status: HTTPResponse.Status(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

extension HTTPFields {
    /// The value of a field that mostly comes once; several are joined, as the list that they are.
    func value(_ name: HTTPField.Name) -> String? {
        let values = self[values: name]
        return values.count > 1 ? self[name] : values.first
    }

    /// Sets the header fields of an answer.
    mutating func add(_ headers: [FunctionAnswer.Header]) {
        for header in headers {
            if let name = HTTPField.Name(header.name) { self[name] = header.value }
        }
    }
}

extension FunctionRequest {
    /// A request of HTTP, with all of its body.
    /// - Parameter limit: The largest body, in bytes.
    /// - Throws: A `RequestError` with status 413 for a longer one.
    init(_ request: Request, limit: Int) async throws {
        self.init(head: request)
        let length = request.headers.value(.contentLength).flatMap { Int($0) }
        let tooLong = RequestError(413, "the body is longer than \(limit) bytes: send fewer windows at a time, or use /recording")
        guard length ?? 0 <= limit else { throw tooLong }
        do {
            let buffer = try await request.body.collect(upTo: limit)
            body = Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLong
        }
        guard length == nil || length == body.count else {
            throw RequestError.bad("the body ended after \(body.count) of \(length ?? 0) bytes")
        }
    }

    /// A request of HTTP without its body.
    init(head request: Request) {
        var query: [String: String] = [:]
        for (key, value) in request.uri.queryParameters { query[String(key)] = String(value) }
        self.init(
            path: request.uri.path, query: query, contentType: request.headers.value(.contentType),
            accept: request.headers.value(.accept),
            inferenceHeaderLength: FunctionRequest.inferenceHeaderLength.flatMap(request.headers.value), body: [])
    }

    private static let inferenceHeaderLength = HTTPField.Name("Inference-Header-Content-Length")
}
