/// The mixing function of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
public enum SplitMix64 {
    /// A bijection in which each bit of the input flips each bit of the output half of the time.
    @inline(__always)
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The number at a place of the sequence of a key, without drawing those before it.
    @inline(__always)
    public static func word(key: UInt64, counter: UInt64) -> UInt64 {
        mix(key &+ counter &* 0x9E37_79B9_7F4A_7C15)
    }
}
