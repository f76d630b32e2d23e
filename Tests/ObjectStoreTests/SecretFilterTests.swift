import Testing

@testable import ObjectStore

@Suite struct SecretFilterTests {
    private static let token = "IQoJb3JpZ2luX2VjE/abc+def==:long~enough"
    private let filter = SecretFilter([token, "key"])

    /// The ways in which a server can repeat what came to it.
    @Test(arguments: [
        token, token.lowercased(), token.uppercased(), "IQoJb3JpZ2luX2VjE%2Fabc%2Bdef%3D%3D%3Along~enough",
        "IQoJb3JpZ2luX2VjE%2fabc%2bdef%3d%3d%3along~enough", "IQOJB3JPZ2LUX2VJE%252FABC%252bDEF%253D%253D%253Along~enough",
        "IQoJb3JpZ2luX2VjE&#47;abc&#x2B;def&#x3d;=:long~enough",
        "IQoJb3JpZ2luX2VjE\\/abc\\u002Bdef==:long~enough",
    ]) func whateverSpellsASecretIsHidden(_ text: String) {
        #expect(filter.hiding("a \(text) b") == "a *** b")
    }

    @Test func aPartIsEnough() {
        #expect(filter.hiding("<IQoJb3Jp>") == "<***>")
        #expect(filter.hiding("<long~enough>") == "<***>")
        #expect(filter.hiding("<abc+def=>") == "<***>")
        // Seven bytes say nothing, and a short secret counts as a whole.
        #expect(filter.hiding("<IQoJb3J> ke key KEY") == "<IQoJb3J> ke *** ***")
    }

    @Test func otherTextStays() {
        for text in ["", "100 %", "%zz &amp; &bad; \\", "für ungültige Schlüssel", "a\\"] { #expect(filter.hiding(text) == text) }
        #expect(SecretFilter([]).hiding("text") == "text" && SecretFilter([""]).hiding("text") == "text")
    }

    @Test func secretsAreHiddenBeforeATextIsCut() {
        let text = String(repeating: "w", count: 150) + SecretFilterTests.token
        #expect(filter.shown(text, limit: 160) == String(repeating: "w", count: 150) + "***")
    }
}
