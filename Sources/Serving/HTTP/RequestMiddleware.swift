import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Platform
import Synchronization

/// The end of a request, which comes once: when it is told, or when nobody is left who could tell.
private final class RequestEnd: Sendable {
    private let action: @Sendable () -> Void
    private let hasCome = Atomic<Bool>(false)

    init(_ action: @escaping @Sendable () -> Void) {
        self.action = action
    }

    func come() {
        if !hasCome.exchange(true, ordering: .relaxed) { action() }
    }

    deinit { come() }
}

/// What happens to every request: it is counted, limited, admitted, answered in any case, and logged.
struct RequestMiddleware: RouterMiddleware {
    typealias Context = FunctionContext

    let lifecycle: Lifecycle
    /// The most requests that are answered at a time.
    let limit: Int
    /// What a client must show, or nil.
    let token: BearerToken?
    /// The methods of a path, nil for one that has none.
    let allowed: @Sendable (String) -> String?
    let logger: Logger

    private static let requestID = HTTPField.Name("X-Request-Id")
    private static let callID = HTTPField.Name("X-Call-Id")
    private static let warning = HTTPField.Name("X-Warning")
    private static let traceParent = HTTPField.Name("traceparent")

    func handle(
        _ request: Request, context: FunctionContext, next: (Request, FunctionContext) async throws -> Response
    ) async throws -> Response {
        let watch = Stopwatch()
        let metrics = lifecycle.metrics
        metrics.inFlight.add(1)
        let isOperational = RouteTable.isOperational(request.uri.path)
        let count = isOperational ? 0 : lifecycle.answering.add(1)
        var response: Response
        do {
            if !isOperational { try admit(request, count: count) }
            response = try await next(request, context)
        } catch let error as RequestError {
            response = Response(error.answer)
        } catch let error as HTTPError where error.status == .notFound {
            response = Response(missing(request).answer)
        } catch {
            logger.error("a request failed", metadata: ["id": "\(context.id)", "error": "\(error)"])
            response = Response(RequestError(500, "the server failed; its log says how").answer)
        }
        let status = response.status.code
        let warning = RequestMiddleware.warning.flatMap(response.headers.value)
        let end = RequestEnd {
            metrics.inFlight.add(-1)
            if !isOperational { lifecycle.answering.add(-1) }
            let route = context.endpointPath ?? "none"
            metrics.answered(
                route: route == "NotFound" ? "none" : route, method: request.method.rawValue, status: status,
                seconds: watch.seconds)
            log(
                request, context, isOperational: isOperational, status: status, warning: warning, seconds: watch.seconds)
        }
        // The answer to a stream goes on for as long as the stream; where its client is gone before it begins, nobody writes it.
        if response.body.contentLength == nil {
            let body = response.body
            response.body = ResponseBody { writer in
                defer { end.come() }
                try await body.write(writer)
            }
        }
        return response
    }

    /// What is said of a path that has no route, or none for the method.
    private func missing(_ request: Request) -> RequestError {
        let path = request.uri.path.prefix(120)
        guard let allowed = allowed(request.uri.path) else {
            return RequestError(404, "there is nothing at \(path): see /openapi.json")
        }
        var error = RequestError(405, "\(request.method.rawValue) is not for \(path): use \(allowed)")
        error.headers = [FunctionAnswer.Header(name: "Allow", value: allowed)]
        return error
    }

    /// Refuses what may not be asked, or not now.
    private func admit(_ request: Request, count: Int) throws(RequestError) {
        guard count <= limit else {
            var error = RequestError(503, "\(limit) requests are being answered: try again")
            error.headers = [FunctionAnswer.Header(name: "Retry-After", value: "1")]
            throw error
        }
        let isPublic = [.get, .head].contains(request.method) && RouteTable.isPublic(request.uri.path)
        if let token, !isPublic, !token.isShown(in: request.headers[.authorization]) {
            var error = RequestError(401, "send the header 'Authorization: Bearer TOKEN'")
            error.headers = [FunctionAnswer.Header(name: "WWW-Authenticate", value: "Bearer")]
            throw error
        }
    }

    private func log(
        _ request: Request, _ context: FunctionContext, isOperational: Bool, status: Int, warning: String?, seconds: Double
    ) {
        // Probes come every second or two.
        let level: Logger.Level = isOperational ? .debug : status >= 500 ? .warning : .info
        guard level >= logger.logLevel else { return }
        var metadata: Logger.Metadata = [
            "id": .string(context.id), "method": .string(request.method.rawValue), "path": .string(request.uri.path),
            "status": .string(String(status)), "milliseconds": .string(NumberText.fixed(seconds * 1000, 3)),
        ]
        for (key, name) in [
            ("request_id", RequestMiddleware.requestID), ("call_id", RequestMiddleware.callID),
            ("traceparent", RequestMiddleware.traceParent),
        ] {
            if let value = name.flatMap(request.headers.value) { metadata[key] = .string(String(value.prefix(200))) }
        }
        if let warning { metadata["warning"] = .string(warning) }
        logger.log(level: level, "request", metadata: metadata)
    }
}
