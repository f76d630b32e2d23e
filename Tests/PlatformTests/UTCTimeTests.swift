import Testing

@testable import Platform

@Suite struct UTCTimeTests {
    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z"), (951_827_696, 7, "2000-02-29T12:34:56.007Z"),
        (4_102_444_799, 999, "2099-12-31T23:59:59.999Z"),
    ])
    func timesAreAsRFC3339HasThem(_ seconds: Int, _ milliseconds: Int, _ text: String) {
        #expect(UTCTime.text(seconds: seconds, milliseconds: milliseconds) == text)
    }

    @Test func nowIsAfterThisWasWritten() {
        #expect(UTCTime.now() > "2026-11-28T00:00:00.000Z")
        #expect(UTCTime.now().utf8.count == 24)
    }
}
