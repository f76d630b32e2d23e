import Testing

@testable import ObjectStore

@Suite struct HTTPAnswerTests {
    /// Takes header lines, until one ends the request.
    private func answer(_ lines: [String], limit: Int? = 100) -> (answer: HTTPAnswer, goesOn: Bool) {
        let answer = HTTPAnswer(contentLimit: limit)
        for line in lines {
            guard answer.takeHeader(Array((line + "\r\n").utf8)) else { return (answer, false) }
        }
        return (answer, true)
    }

    private func isTooLong(_ end: HTTPAnswer.End?, limit: Int) -> Bool {
        if case .contentTooLong(limit) = end { true } else { false }
    }

    @Test func headersAreThoseOfTheLastAnswer() {
        let (answer, goesOn) = answer(["HTTP/1.1 100 Continue", "A: 1", "", "HTTP/2 200", "ETag:  \"x\" ", "X-Odd:a:b", ""])
        #expect(goesOn && answer.status == 200)
        #expect(answer.headers == ["etag": "\"x\"", "x-odd": "a:b"])
        #expect(!answer.isDecided)
    }

    @Test func contentIsWholeOrAnError() {
        let (answer, _) = answer(["HTTP/1.1 200 OK", "Content-Length: 100", ""])
        #expect(answer.takeBody(Array(repeating: 1, count: 100)))
        #expect(!answer.takeBody([1]) && isTooLong(answer.end, limit: 100))
        let announced = self.answer(["HTTP/1.1 200 OK", "Content-Length: 101", ""])
        #expect(!announced.goesOn && isTooLong(announced.answer.end, limit: 100))
        // Without a length, less than any limit that a caller may have.
        let endless = self.answer(["HTTP/1.1 200 OK", ""], limit: 1 << 40)
        let piece = [UInt8](repeating: 0, count: HTTPAnswer.unannouncedLimit)
        #expect(endless.answer.takeBody(piece) && !endless.answer.takeBody([0]))
        #expect(isTooLong(endless.answer.end, limit: HTTPAnswer.unannouncedLimit))
    }

    @Test(arguments: ["503 Busy", "403 No", "201 Created", "404", "304 Not Modified"]) func theStatusDecidesAndTheRestIsDropped(
        _ status: String
    ) {
        let (answer, _) = answer(["HTTP/1.1 " + status, ""])
        #expect(answer.isDecided)
        #expect(!answer.takeBody(Array(repeating: 0x78, count: 200_000)))
        guard case .enough = answer.end else {
            Issue.record("\(answer.end.map { "\($0)" } ?? "goes on")")
            return
        }
        #expect(answer.body.count == 1 << 16 && answer.status == Int(status.prefix(3)))
    }

    @Test func aWriteHasNoContent() {
        let (answer, _) = answer(["HTTP/1.1 200 OK", ""], limit: nil)
        #expect(answer.isDecided && !answer.takeBody(Array(repeating: 0, count: 1 << 17)) && answer.body.count == 1 << 16)
    }

    @Test func anotherProtocolIsNoAnswer() {
        let (answer, goesOn) = answer(["HTTP/1.1 101 Switching Protocols", "Upgrade: x", ""])
        #expect(!goesOn && answer.status == 101)
    }

    @Test(arguments: ["X: 1", "HTTP/1.1 100 Continue"]) func headersHaveAnEnd(_ line: String) {
        let (answer, goesOn) = answer(["HTTP/1.1 503 Busy"] + Array(repeating: line, count: 200_000))
        #expect(!goesOn)
        guard case .headerTooLong = answer.end else {
            Issue.record("\(answer.end.map { "\($0)" } ?? "goes on")")
            return
        }
    }
}
