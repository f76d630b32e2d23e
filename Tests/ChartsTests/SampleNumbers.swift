/// Numbers that look like chance and are the same each time (SplitMix64).
struct SampleNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    mutating func share() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// Around 0, between -1 and 1, most near 0.
    mutating func noise() -> Double { (share() + share() + share()) / 1.5 - 1 }

    /// A time of an answer: most near `typical`, some several times as long.
    mutating func latency(_ typical: Double) -> Double { typical * (0.7 + 0.4 * share() + 0.06 / (0.03 + share())) }
}
