import Testing

@testable import Serving

@Suite struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=\"x-1\""

    private func body(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    @Test func partsAreTakenApart() throws {
        let text = """
            --x-1
            Content-Disposition: form-data; name="recording"; filename="a;%22 b.csv"
            Content-Type: text/csv

            1,2
            --x-1 is no end
            --x-1
            content-disposition: form-data; name=readings


            --x-1--

            """
        let parts = try MultipartForm.parts(body(text), contentType: Self.type)
        #expect(
            parts == [
                MultipartForm.Part(name: "recording", fileName: "a;\" b.csv", body: body("1,2\n--x-1 is no end")),
                MultipartForm.Part(name: "readings", fileName: nil, body: []),
            ])
    }

    @Test(arguments: [
        ("", Self.type), ("--x-1", Self.type), ("--x-1\nContent-Disposition: form-data; name=a\n\nno end", Self.type),
        ("--x-1--", "multipart/form-data"), ("--y--", Self.type),
    ])
    func whatIsNoFormIsRefused(_ text: String, _ type: String) {
        #expect(throws: RequestError.self) { try MultipartForm.parts(body(text), contentType: type) }
    }

    @Test func noCutCrashes() throws {
        let whole = body("--x-1\nContent-Disposition: form-data; name=a\n\n1\n--x-1--\n")
        #expect(try MultipartForm.parts(whole, contentType: Self.type).count == 1)
        for end in whole.indices.dropLast(3) { _ = try? MultipartForm.parts(Array(whole[..<end]), contentType: Self.type) }
    }
}
