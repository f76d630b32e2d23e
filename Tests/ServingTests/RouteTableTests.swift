import StrictJSON
import Testing

@testable import Serving

@Suite struct RouteTableTests {
    /// As the router takes them: slashes at the end, or several in a row, change nothing.
    @Test(arguments: [
        ("/healthz", true), ("/healthz/", true), ("//healthz", true), ("healthz", true), ("/v2//health/live", true),
        ("/v2/health/live//", true), ("/health", false), ("/healthz/x", false), ("/", false), ("", false), ("/HEALTHZ", false),
    ])
    func pathsOfProbesAreKnown(_ path: String, _ isOperational: Bool) {
        #expect(RouteTable.isOperational(path) == isOperational)
        #expect(RouteTable.isOperational(path.dropFirst(0)) == isOperational)
    }

    @Test(arguments: [("/", true), ("", true), ("//", true), ("/openapi.json/", true), ("/metrics", true), ("/predict", false)])
    func someNeedNoToken(_ path: String, _ isPublic: Bool) {
        #expect(RouteTable.isPublic(path) == isPublic)
    }

    @Test(arguments: [("/recording", true), ("//recording/", true), ("/recordings", false), ("/recording/x", false)])
    func oneIsAStream(_ path: String, _ isStream: Bool) {
        #expect(RouteTable.isStream(path) == isStream)
    }

    /// The document names every operation that there is, and no other.
    @Test func openAPIDescribesEveryRoute() throws {
        let registry = ModelRegistry()
        let specialization = Specialization(registry: registry) { _ in throw ServingError("no model here") }
        let table = RouteTable(FunctionAPI(registry: registry, specialization: specialization), Lifecycle(), limit: 1)
        let document = try JSON.parse(OpenAPI.answer.body)
        let methods: Set = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
        let described = (document["paths"]?.asObject?.members ?? []).flatMap { path in
            (path.value.asObject?.keys ?? []).filter(methods.contains).map { "\($0.uppercased()) \(path.key)" }
        }
        // Every GET can be asked as a HEAD.
        let routes = table.routes.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(described.filter { !$0.hasPrefix("HEAD ") }) == Set(routes))
        #expect(Set(routes).count == routes.count && routes.count > 20)
    }
}
