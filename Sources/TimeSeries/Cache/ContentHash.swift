import Memory

/// A fast 128-bit hash of content: it finds changed and damaged files, at the speed of memory.
///
/// It is not a cryptographic hash: two contents of the same hash can be made on purpose. What has to be trusted carries a SHA-256.
///
/// Content is taken in blocks (`append`), each hashed by eight lanes of 64 bits over its 8-byte words and then mixed into the
/// state; so the hash depends on where the blocks end, and whoever compares two hashes must cut at the same places.
public struct ContentHash: Equatable, Sendable {
    /// Size of the blocks into which files are cut: it fits into the second-level cache of every machine we know.
    static let blockSize = 1 << 18

    private(set) var high: UInt64 = 0x243F_6A88_85A3_08D3
    private(set) var low: UInt64 = 0x1319_8A2E_0370_7344

    /// The hash of nothing.
    public init() {}

    /// Hashes bytes in blocks of `blockSize`.
    public init(of bytes: RawSpan) {
        append(blocksOf: bytes)
    }

    /// The hash with these 32 hexadecimal digits, or nil where the text is something else.
    init?(hex: String) {
        guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16), let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        (self.high, self.low) = (high, low)
        guard self.hex == hex else { return nil }
    }

    /// 32 hexadecimal digits.
    var hex: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Mixes in bytes, cut into blocks of `blockSize`; the last may be shorter, and an empty input is one empty block.
    mutating func append(blocksOf bytes: RawSpan) {
        var start = 0
        repeat {
            let end = min(start + ContentHash.blockSize, bytes.byteCount)
            append(bytes.extracting(start..<end))
            start = end
        } while start < bytes.byteCount
    }

    /// Mixes in the result of another hash.
    public mutating func append(_ other: ContentHash) {
        mix(other.high)
        mix(other.low)
    }

    /// Mixes in one block.
    mutating func append(_ block: RawSpan) {
        // Eight scalar lanes keep the multiplier busy while each lane waits for its own product.
        var a = high, b = high ^ 1, c = high ^ 2, d = high ^ 3
        var e = low, f = low ^ 1, g = low ^ 2, h = low ^ 3
        let stripes = block.byteCount / 64
        for stripe in 0..<stripes {
            let offset = stripe * 64
            a = ContentHash.step(a, word(block, offset))
            b = ContentHash.step(b, word(block, offset + 8))
            c = ContentHash.step(c, word(block, offset + 16))
            d = ContentHash.step(d, word(block, offset + 24))
            e = ContentHash.step(e, word(block, offset + 32))
            f = ContentHash.step(f, word(block, offset + 40))
            g = ContentHash.step(g, word(block, offset + 48))
            h = ContentHash.step(h, word(block, offset + 56))
        }
        for offset in stripes * 64..<block.byteCount {
            a = ContentHash.step(a, UInt64(unsafe block.unsafeLoad(fromByteOffset: offset, as: UInt8.self)))
        }
        for lane in [a, b, c, d, e, f, g, h, UInt64(block.byteCount)] { mix(lane) }
    }

    private mutating func mix(_ value: UInt64) {
        high = SplitMix64.mix(high ^ value)
        low = SplitMix64.mix((low &+ value) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// One-to-one in the word: a single changed word always changes the lane.
    @inline(__always)
    private static func step(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        let product = (lane ^ word) &* 0x9FB2_1C65_1E98_DF25
        return product ^ (product >> 32)
    }

    @inline(__always)
    private func word(_ block: RawSpan, _ offset: Int) -> UInt64 {
        unsafe block.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).littleEndian
    }
}
