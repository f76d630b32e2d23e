import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import StrictJSON

/// AWS Lambda's runtime interface: asks for an event, answers it, asks for the next (API of 2018-06-01).
struct LambdaRuntime {
    /// The interface's host and port, from AWS_LAMBDA_RUNTIME_API.
    let host: String
    let port: Int
    let logger: Logger

    private static let path = "/2018-06-01/runtime"
    private static let requestID = HTTPField.Name("Lambda-Runtime-Aws-Request-Id")
    private static let traceID = HTTPField.Name("Lambda-Runtime-Trace-Id")
    private static let errorType = HTTPField.Name("Lambda-Runtime-Function-Error-Type")
    /// Lambda sends no event that is larger; the encoding of its body adds a third, and its headers something.
    private static let largestEvent = 16 << 20

    /// What the interface answered.
    private struct Reply {
        let head: HTTPResponse
        let body: [UInt8]
    }

    /// - Throws: A `ServingError` for what is no host and port.
    init(_ address: String, logger: Logger) throws(ServingError) {
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]),
            (1...65535).contains(port)
        else { throw ServingError("AWS_LAMBDA_RUNTIME_API must be HOST:PORT, found '\(address.prefix(80))'") }
        host = String(address[..<colon])
        self.port = port
        self.logger = logger
    }

    /// Answers events until the interface ends.
    /// - Parameter makeAPI: Makes ready what answers; what it throws is told to Lambda.
    func run(_ makeAPI: () throws -> FunctionAPI) async throws {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let channel = try await bootstrap.connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPClientCodec())
                return try NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>(wrappingChannelSynchronously: channel)
            }
        }
        let api: FunctionAPI
        do {
            api = try makeAPI()
        } catch {
            try await channel.executeThenClose { inbound, outbound in
                var replies = inbound.makeAsyncIterator()
                _ = try await post(
                    "/init/error", failure("\(error)", "Runtime.InitError"), "Runtime.InitError", &replies, outbound)
            }
            throw error
        }
        try await channel.executeThenClose { inbound, outbound in
            var replies = inbound.makeAsyncIterator()
            while let event = try await get("/invocation/next", &replies, outbound) {
                guard let id = LambdaRuntime.requestID.flatMap({ event.head.headerFields[$0] }) else {
                    throw ServingError("the runtime interface answered \(event.head.status.code) without a request id")
                }
                let (body, errorType) = answer(event.body, api)
                let kind = errorType == nil ? "response" : "error"
                logger.info(
                    "invocation",
                    metadata: [
                        "request_id": "\(id)",
                        "trace_id": "\(LambdaRuntime.traceID.flatMap { event.head.headerFields[$0] } ?? "")",
                        "result": "\(kind)",
                    ])
                _ = try await post("/invocation/\(id)/\(kind)", body, errorType, &replies, outbound)
            }
        }
    }

    /// The answer to an event, and the type of the error where it is one.
    private func answer(_ body: [UInt8], _ api: FunctionAPI) -> (body: [UInt8], errorType: String?) {
        do throws(RequestError) {
            let event = try LambdaEvent(body)
            guard event.isHTTP else { return (try api.answer(event.request.get()).body, nil) }
            let answer: FunctionAnswer
            do throws(RequestError) { answer = try api.answer(event.request.get()) } catch { answer = error.answer }
            return (Array(LambdaEvent.response(answer).serialized().utf8), nil)
        } catch {
            return (failure(error.message, "Function.BadInput"), "Function.BadInput")
        }
    }

    private func failure(_ message: String, _ type: String) -> [UInt8] {
        Array(JSON.object(["errorMessage": .string(message), "errorType": .string(type)]).serialized().utf8)
    }

    private typealias Replies = NIOAsyncChannelInboundStream<HTTPResponsePart>.AsyncIterator
    private typealias Requests = NIOAsyncChannelOutboundWriter<HTTPRequestPart>

    private func get(_ path: String, _ replies: inout Replies, _ requests: Requests) async throws -> Reply? {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "\(host):\(port)", path: LambdaRuntime.path + path)
        try await requests.write(contentsOf: [.head(head), .end(nil)])
        return try await reply(&replies)
    }

    private func post(
        _ path: String, _ body: [UInt8], _ errorType: String?, _ replies: inout Replies, _ requests: Requests
    ) async throws -> Reply? {
        var head = HTTPRequest(method: .post, scheme: "http", authority: "\(host):\(port)", path: LambdaRuntime.path + path)
        head.headerFields[.contentType] = MediaType.json.field
        head.headerFields[.contentLength] = "\(body.count)"
        if let errorType, let name = LambdaRuntime.errorType { head.headerFields[name] = errorType }
        try await requests.write(contentsOf: [.head(head), .body(ByteBuffer(bytes: body)), .end(nil)])
        return try await reply(&replies)
    }

    /// The next answer of the interface, or nil where it has closed the connection.
    private func reply(_ replies: inout Replies) async throws -> Reply? {
        var head: HTTPResponse?
        var body: [UInt8] = []
        while let part = try await replies.next() {
            switch part {
            case .head(let response): head = response
            case .body(let piece):
                body.append(contentsOf: piece.readableBytesView)
                guard body.count <= LambdaRuntime.largestEvent else {
                    throw ServingError("an event is longer than \(LambdaRuntime.largestEvent) bytes")
                }
            case .end: return head.map { Reply(head: $0, body: body) }
            }
        }
        return nil
    }
}
