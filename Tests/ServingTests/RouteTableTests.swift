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
}
