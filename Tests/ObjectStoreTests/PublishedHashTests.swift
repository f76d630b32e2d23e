import Platform
import Testing

@testable import ObjectStore

@Suite struct PublishedHashTests {
    /// The hash of "abc" (FIPS 180-4, appendix B.1).
    private static let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test(arguments: [
        hash, hash.uppercased(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
    ]) func aHashHasManyForms(_ text: String) {
        #expect(PublishedHash.hex(of: text) == PublishedHashTests.hash)
    }

    @Test(arguments: [
        "", "abc", String(hash.dropLast()), hash + "0", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa", "ung!", hash + "=",
    ])
    func whatIsNoneIsNone(_ text: String) {
        #expect(PublishedHash.hex(of: text) == nil)
    }
}
