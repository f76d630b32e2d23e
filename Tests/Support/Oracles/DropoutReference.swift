import Memory

/// The mask by its definition: the oracle of `fillDropoutMask`.
public func fillDropoutMaskReference(count: Int, rate: Double, key: UInt64, firstCounter: UInt64) -> [Double] {
    (0..<count).map { i in
        let bits = SplitMix64.word(key: key, counter: firstCounter &+ UInt64(i / 2))
        let half = i.isMultiple(of: 2) ? UInt32(truncatingIfNeeded: bits) : UInt32(bits >> 32)
        return Double(half) / 0x1p32 < rate ? 0 : 1 / (1 - rate)
    }
}
