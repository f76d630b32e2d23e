import Testing

@testable import TimeSeries

@Suite struct ContentHashTests {
    private func hash(_ bytes: [UInt8]) -> ContentHash { unsafe ContentHash(of: bytes.span.bytes) }

    @Test func dependsOnEveryByteAndOnTheLength() {
        var seen: Set<String> = []
        for size in [0, 1, 7, 8, 63, 64, 65, 200] {
            let bytes = [UInt8](repeating: 0, count: size)
            seen.insert(hash(bytes).hex)
            for position in bytes.indices {
                var changed = bytes
                changed[position] = 1
                seen.insert(hash(changed).hex)
            }
        }
        #expect(seen.count == 8 + 0 + 1 + 7 + 8 + 63 + 64 + 65 + 200)
        #expect(seen.allSatisfy { $0.count == 32 })
    }

    @Test func dependsOnTheOrderOfBlocksAndWords() {
        let size = ContentHash.blockSize
        let a = [UInt8](repeating: 1, count: size), b = [UInt8](repeating: 2, count: size)
        #expect(hash(a + b) != hash(b + a))
        var swapped = [UInt8](0..<128)
        swapped.replaceSubrange(0..<64, with: 64..<128)
        swapped.replaceSubrange(64..<128, with: 0..<64)
        #expect(hash([UInt8](0..<128)) != hash(swapped))
    }
}
