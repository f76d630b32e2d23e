/// Little-endian 32-bit floats in bytes.
enum RawFloats {
    /// All floats of some bytes.
    static func values(_ bytes: Span<UInt8>) -> [Float] {
        let count = bytes.count / 4
        // An empty array made so would write to the memory that all empty arrays share.
        guard count > 0 else { return [] }
        return unsafe [Float](unsafeUninitializedCapacity: count) { values, initialized in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(values).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[..<(4 * count)]))
            }
            initialized = count
        }
    }

    /// Whether bytes show the pattern of 64-bit floats of the sizes that sensors give.
    ///
    /// Every second 32 bits of such are sign, exponent and first digits, which read as a Float lie between 0.25 and 8; those between
    /// are the other digits: any bits, of which a third at least are sizes that no sensor gives.
    static func lookLikeDoubles(_ bytes: Span<UInt8>) -> Bool {
        let pairs = bytes.count / 8
        guard pairs >= 32 else { return false }
        // Magnitudes have the same order as whole numbers, which are compared faster.
        func magnitude(_ value: Float) -> Int32 { Int32(bitPattern: value.bitPattern & 0x7FFF_FFFF) }
        let (least, most) = (magnitude(0.25), magnitude(8))
        let (smallest, largest) = (magnitude(1e-12), magnitude(1e12))
        let values = values(bytes)
        // Floats of 32 bits are mostly told by the first few.
        var others = 0
        for place in stride(from: 1, to: 2 * pairs, by: 2) {
            let size = magnitude(values[place])
            guard size < least || size >= most else { continue }
            others += 1
            if 100 * others > 5 * pairs { return false }
        }
        var strange = 0
        for place in stride(from: 0, to: 2 * pairs, by: 2) {
            let size = magnitude(values[place])
            strange &+= size != 0 && (size < smallest || size > largest) ? 1 : 0
        }
        return 10 * strange >= 3 * pairs
    }
}
