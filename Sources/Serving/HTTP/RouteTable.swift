import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import ObjectStore

/// All routes: what answers which method of which path.
///
/// `/openapi.json` describes them; a test compares the two.
struct RouteTable: Sendable {
    typealias Handler = @Sendable (Request, FunctionContext) async throws -> Response

    /// One method of one path.
    struct Route: Sendable {
        let method: HTTPRequest.Method
        /// The path with parameters in braces.
        let path: String
        let handler: Handler
    }

    let routes: [Route]

    /// Whether a path is asked by machines that watch the server: not limited, not protected, not in the log.
    static func isOperational(_ path: some StringProtocol) -> Bool { operational.contains(plain(path)) }

    private static let operational = [
        "/_/health", "/_/ready", "/healthz", "/readyz", "/metrics", "/v2/health/live", "/v2/health/ready",
    ]

    /// Whether the body of a request to a path may go on for as long as it likes.
    static func isStream(_ path: some StringProtocol) -> Bool { plain(path) == "/recording" }

    /// Whether a path has no secret, and shows how to ask with a token: it needs none.
    static func isPublic(_ path: some StringProtocol) -> Bool {
        isOperational(path) || ["/", "/openapi.json"].contains(plain(path))
    }

    /// The methods of a path, as the field Allow names them; nil for a path that has none.
    func allowed(_ path: String) -> String? {
        let segments = path.split(separator: "/")
        let methods = routes.filter { route in
            let pattern = route.path.split(separator: "/")
            return pattern.count == segments.count && zip(pattern, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.map(\.method.rawValue)
        guard !methods.isEmpty else { return nil }
        return (methods + (methods.contains("GET") ? ["HEAD"] : [])).joined(separator: ", ")
    }

    /// A path as the router takes it: slashes at its end, or several in a row, change nothing.
    private static func plain(_ path: some StringProtocol) -> String {
        let slash = UInt8(ascii: "/")
        // From one slash to another there is a name, and none stands at the end: what a path mostly is.
        var last: UInt8 = 0
        var isPlain = path.utf8.first == slash
        for byte in path.utf8 {
            if byte == slash, last == slash { isPlain = false }
            last = byte
        }
        guard !isPlain || last == slash else { return String(path) }
        return "/" + path.split(separator: "/").joined(separator: "/")
    }

    /// The routes of a server.
    init(_ api: FunctionAPI, _ lifecycle: Lifecycle, limit: Int) {
        /// A route whose answer needs no body.
        func get(_ path: String, _ answer: @escaping @Sendable (Parameters) throws -> FunctionAnswer) -> Route {
            Route(method: .get, path: path) { _, context in Response(try answer(context.parameters)) }
        }
        /// A route whose answer needs all of the body.
        func post(_ path: String, _ answer: @escaping @Sendable (FunctionRequest, Parameters) throws -> FunctionAnswer) -> Route {
            Route(method: .post, path: path) { request, context in
                let request = try await FunctionRequest(request, limit: limit)
                let answer = try answer(request, context.parameters)
                lifecycle.metrics.windows.add(answer.windows)
                return Response(answer)
            }
        }
        let live: @Sendable (Parameters) -> FunctionAnswer = { _ in FunctionAnswer(.text, Array("ok\n".utf8)) }
        let isReady: @Sendable () -> Bool = { api.registry.isReady && !lifecycle.isDraining }
        let ready: @Sendable (Parameters) -> FunctionAnswer = { _ in
            isReady()
                ? FunctionAnswer(.text, Array("ready\n".utf8)) : FunctionAnswer(status: 503, .text, Array("not ready\n".utf8))
        }
        let predict: @Sendable (FunctionRequest, Parameters) throws -> FunctionAnswer = { request, _ in
            try api.predict.answer(request)
        }
        /// The name of a model as it stands in a path: its characters may be percent-encoded.
        let name: @Sendable (Parameters) throws -> String = { parameters in
            PercentEncoding.decoded(try parameters.require("name"))
        }
        let model = "/v2/models/{name}"
        let version = model + "/versions/{version}"
        var routes = [
            get("/") { _ in Page.answer },
            post("/") { request, _ in
                if MediaType(field: request.contentType ?? "") == .form {
                    api.form.answer(request)
                } else {
                    try api.predict.answer(request)
                }
            },
            post("/predict", predict),
            Route(method: .post, path: "/recording") { request, context in
                try await RecordingRoute(api.registry, lifecycle).response(request)
            },
            get("/models") { _ in api.models },
            get("/openapi.json") { _ in OpenAPI.answer },
            get("/metrics") { _ in
                FunctionAnswer(.metrics, Array(lifecycle.metrics.text(api.registry.all, isReady: isReady()).utf8))
            },
            get("/_/health", live), get("/_/ready", ready), get("/healthz", live), get("/readyz", ready),
            get("/v2") { _ in InferenceProtocol.server },
            get("/v2/health/live") { _ in FunctionAnswer(.json, ["live": true]) },
            get("/v2/health/ready") { _ in FunctionAnswer(status: isReady() ? 200 : 503, .json, ["ready": .bool(isReady())]) },
            post("/specialize") { _, _ in try api.specialization.version1() },
            post("/v2/specialize") { request, _ in try api.specialization.version2(request.body) },
        ]
        for path in [model, version] {
            routes += [
                get(path) { try api.inference.metadata(name($0), version: $0.get("version")) },
                get(path + "/ready") { try api.inference.ready(name($0), version: $0.get("version")) },
                post(path + "/infer") { try api.inference.infer(name($1), version: $1.get("version"), $0) },
            ]
        }
        self.routes = routes
    }

    /// The router that answers them.
    func router(_ middleware: RequestMiddleware) -> Router<FunctionContext> {
        let router = Router(context: FunctionContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: middleware)
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { try await route.handler($0, $1) }
        }
        return router
    }
}
