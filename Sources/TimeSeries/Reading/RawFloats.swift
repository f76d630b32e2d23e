import Platform

/// Little-endian 32-bit floats in bytes.
enum RawFloats {
    /// The float at a place, from 0.
    static func value(_ bytes: Span<UInt8>, at place: Int) -> Float {
        Float(bitPattern: LittleEndian.number(bytes.extracting(4 * place..<4 * place + 4)))
    }

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
        var (leading, strange) = (0, 0)
        for pair in 0..<pairs {
            if (0.25..<8).contains(abs(value(bytes, at: 2 * pair + 1))) { leading += 1 }
            let rest = abs(value(bytes, at: 2 * pair))
            if rest != 0, !(1e-12...1e12).contains(rest) { strange += 1 }
        }
        return 100 * leading >= 95 * pairs && 10 * strange >= 3 * pairs
    }
}
