import Testing

@testable import Serving

@Suite struct MediaTypeTests {
    @Test(
        arguments: [
            (nil, .json), ("*/*", .json), ("application/json", .json), ("text/plain", .text), ("text/*", .text),
            ("application/octet-stream", .floats), ("text/plain;q=0.5, application/json;q=0.4", .text),
            ("application/json;q=0, */*;q=0.1", .text), ("image/png, */*;q=0.2", .json),
            ("APPLICATION/OCTET-STREAM , text/plain;q=0.9", .floats),
        ] as [(String?, MediaType)])
    func theBestTypeIsChosen(_ accept: String?, _ type: MediaType) throws {
        #expect(try MediaType.preferred(accept, among: [.json, .text, .floats]) == type)
    }

    @Test(arguments: ["image/png", "application/json;q=0", "nonsense"])
    func noTypeIsNotAcceptable(_ accept: String) {
        let error = #expect(throws: RequestError.self) { try MediaType.preferred(accept, among: [.json, .text]) }
        #expect(error?.status == 406)
    }

    @Test(
        arguments: [
            (nil, "{}", .json), (nil, " \n[1", .json), (nil, "1,2", .csv), ("application/x-www-form-urlencoded", "{}", .json),
            ("text/plain; charset=utf-8", "1,2", .csv), ("application/json; charset=utf-8", "1", .json), ("TEXT/CSV", "", .csv),
            ("application/octet-stream", "{", .floats),
        ] as [(String?, String, MediaType)])
    func aBodyHasAType(_ field: String?, _ body: String, _ type: MediaType) throws {
        #expect(try MediaType.of(field, body: Array(body.utf8), among: [.json, .csv, .floats]) == type)
    }

    @Test(arguments: ["image/png", "text/html", "json", ""])
    func otherTypesAreNotUnderstood(_ field: String) {
        let error = #expect(throws: RequestError.self) { try MediaType.of(field, body: [], among: [.json, .csv]) }
        #expect(error?.status == 415)
    }
}
