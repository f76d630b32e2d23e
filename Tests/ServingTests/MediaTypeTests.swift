import Testing

@testable import Serving

@Suite struct MediaTypeTests {
    @Test(
        arguments: [
            (nil, .json), ("*/*", .json), ("application/json", .json), ("text/plain", .text), ("text/*", .text),
            ("application/octet-stream", .floats), ("text/plain;q=0.5, application/json;q=0.4", .text),
            ("application/json;q=0, */*;q=0.1", .text), ("image/png, */*;q=0.2", .json),
            ("APPLICATION/OCTET-STREAM , text/plain;q=0.9", .floats), ("application/json, text/plain, */*", .json),
            ("\ttext/plain ", .text), (" \t", .json), ("application/*;q=0.3,text/*", .text), ("image/*, text/plain;q=0.1", .text),
            ("text/plain/*, application/octet-stream;q=0.1", .floats), ("/*, */*;q=0.1", .json),
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
            ("application/octet-stream", "{", .floats), (" \tApplication/JSON\t ; charset=utf-8", "1", .json),
            ("Application/X-WWW-Form-URLencoded; a=b", "[", .json), ("TEXT/PLAIN", "{", .json), ("text/csv;", "{", .csv),
        ] as [(String?, String, MediaType)])
    func aBodyHasAType(_ field: String?, _ body: String, _ type: MediaType) throws {
        #expect(try MediaType.of(field, body: Array(body.utf8), among: [.json, .csv, .floats]) == type)
    }

    // The slash with its bit for small letters taken away, the Kelvin sign, and a type with what is a parameter of another.
    @Test(arguments: [
        "image/png", "text/html", "json", "", "application\u{F}json", "text/cs", "text/csvs", "text /csv", "tex\u{212A}/csv",
        "text/plain version=0.0.4",
    ])
    func otherTypesAreNotUnderstood(_ field: String) {
        let error = #expect(throws: RequestError.self) { try MediaType.of(field, body: [], among: [.json, .csv]) }
        #expect(error?.status == 415)
    }

    @Test func whatIsNotUnderstoodIsNamedInSmallLetters() {
        let error = #expect(throws: RequestError.self) {
            try MediaType.of(" Image/PNG ; q=1", body: [], among: [.json, .csv])
        }
        #expect(error?.message == "the media type 'image/png' is not understood: send application/json, text/csv")
    }
}
