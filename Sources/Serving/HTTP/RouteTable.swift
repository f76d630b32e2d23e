import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// All routes: what answers which method of which path.
///
/// `/openapi.json` describes them; a test compares the two.
struct RouteTable {
    typealias Handler = @Sendable (Request, FunctionContext) async throws -> Response

    /// One method of one path.
    struct Route {
        let method: HTTPRequest.Method
        /// The path with parameters in braces.
        let path: String
        let handler: Handler
    }

    let routes: [Route]

    /// Whether a path is asked by machines that watch the server: not limited, not protected, not in the log.
    static func isOperational(_ path: some StringProtocol) -> Bool {
        ["/_/health", "/_/ready", "/healthz", "/readyz", "/metrics", "/v2/health/live", "/v2/health/ready"].contains(plain(path))
    }

    /// Whether the body of a request to a path may go on for as long as it likes.
    static func isStream(_ path: some StringProtocol) -> Bool { plain(path) == "/recording" }

    /// A path as the router takes it: slashes at its end, or several in a row, change nothing.
    private static func plain(_ path: some StringProtocol) -> String {
        "/" + path.split(separator: "/").joined(separator: "/")
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
        let model = "/v2/models/{name}"
        let version = model + "/versions/{version}"
        var routes = [
            get("/") { _ in Page.answer },
            post("/") { request, _ in
                try MediaType(field: request.contentType ?? "") == .form ? api.form.answer(request) : api.predict.answer(request)
            },
            post("/predict", predict),
            Route(method: .post, path: "/recording") { request, context in
                try await RecordingRoute(api.registry, lifecycle).response(request)
            },
            get("/models") { _ in api.models },
            get("/openapi.json") { _ in OpenAPI.answer },
            get("/metrics") { _ in
                FunctionAnswer(.text, Array(lifecycle.metrics.text(api.registry.all, isReady: isReady()).utf8))
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
                get(path) { try api.inference.metadata($0.require("name"), version: $0.get("version")) },
                get(path + "/ready") { try api.inference.ready($0.require("name"), version: $0.get("version")) },
                post(path + "/infer") { try api.inference.infer($1.require("name"), version: $1.get("version"), $0) },
            ]
        }
        self.routes = routes
    }

    /// The router that answers them; another method of a known path is answered by 405 with those that it has.
    func router(_ middleware: RequestMiddleware) -> Router<FunctionContext> {
        let router = Router(context: FunctionContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: middleware)
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { try await route.handler($0, $1) }
        }
        let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .options, .trace, .connect]
        for path in Set(routes.map(\.path)) {
            var known = routes.filter { $0.path == path }.map(\.method)
            if known.contains(.get) { known.append(.head) }
            let allowed = known.map(\.rawValue).joined(separator: ", ")
            for method in methods where !known.contains(method) {
                router.on(RouterPath(path), method: method) { request, _ -> Response in
                    var error = RequestError(
                        405, "\(request.method.rawValue) is not for \(request.uri.path.prefix(120)): use \(allowed)")
                    error.headers = [FunctionAnswer.Header(name: "Allow", value: allowed)]
                    throw error
                }
            }
        }
        return router
    }
}
