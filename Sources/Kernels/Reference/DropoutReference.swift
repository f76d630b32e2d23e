/// The mask by its definition: the oracle of `fillDropoutMask`.
///
/// Float i reads the low (i even) or high (i odd) 32 bits of the word at `firstCounter` + i / 2 as a fraction u of 0 ..< 1;
/// it is 0 where u < rate, else 1 / (1 - rate).
public func fillDropoutMaskReference(
    count: Int, rate: Double, firstCounter: UInt64, word: (UInt64) -> UInt64
) -> [Double] {
    (0..<count).map { i in
        let bits = word(firstCounter &+ UInt64(i / 2))
        let half = i.isMultiple(of: 2) ? UInt32(truncatingIfNeeded: bits) : UInt32(bits >> 32)
        return Double(half) / 0x1p32 < rate ? 0 : 1 / (1 - rate)
    }
}
