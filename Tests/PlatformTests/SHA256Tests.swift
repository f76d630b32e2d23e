import Platform
import Testing

/// The vectors are those of FIPS 180-4's examples and of NIST's byte-oriented short-message test (SHA256ShortMsg).
@Suite struct SHA256Tests {
    static let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

    @Test(
        "The vectors of NIST",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (twoBlocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
        ])
    func vectors(text: String, hash: String) {
        #expect(SHA256.hex(of: Array(text.utf8)) == hash)
    }

    @Test func oneByte() {
        #expect(SHA256.hex(of: [0xd3]) == "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1")
    }

    @Test func aMillionTimesA() {
        var hash = SHA256()
        let part = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 { hash.update(part) }
        #expect(hash.hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func piecesGiveTheHashOfTheWhole() {
        let bytes = Array(SHA256Tests.twoBlocks.utf8) + Array(SHA256Tests.twoBlocks.utf8)
        for cut in 0...bytes.count {
            var hash = SHA256()
            hash.update(Array(bytes[..<cut]))
            hash.update(Array(bytes[cut...]))
            #expect(hash.hex() == SHA256.hex(of: bytes))
        }
    }

    @Test func moreCanFollowADigest() {
        var hash = SHA256()
        hash.update(Array("ab".utf8))
        let early = hash.digest()
        hash.update(Array("c".utf8))
        #expect(early.count == 32)
        #expect(hash.hex() == SHA256.hex(of: Array("abc".utf8)))
        #expect(hash.digest() != early)
    }
}

extension SHA256 {
    /// The hash of bytes that are all there.
    fileprivate static func hex(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hex()
    }
}
