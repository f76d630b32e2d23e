/// Fills the `range` of a mask with 0 (dropped, with probability `rate`) or 1 / (1 - rate).
///
/// `word` gives the 64 random bits at a place of the sequence; two floats of the mask share one. Taking the place from the caller
/// makes the mask a function of seed, step, layer and row, never of the thread that computes it.
@inline(__always)
public func fillDropoutMask(
    _ mask: inout MutableSpan<Float>, _ range: Range<Int>, rate: Float, firstCounter: UInt64, word: (UInt64) -> UInt64
) {
    let threshold = UInt64(rate * 0x1p32)
    let kept = 1 / (1 - rate)
    var i = range.lowerBound
    var counter = firstCounter
    while i < range.upperBound {
        let bits = word(counter)
        counter &+= 1
        mask[i] = bits & 0xFFFF_FFFF < threshold ? 0 : kept
        if i + 1 < range.upperBound { mask[i + 1] = bits >> 32 < threshold ? 0 : kept }
        i += 2
    }
}
