/// A small generator of random numbers whose stream is the same for ever, on every machine.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the stream of `seed`.
    init(seed: UInt64) {
        state = seed
    }

    /// Starts a stream of its own for each path of indices below a seed, such as (volunteer, activity).
    init(seed: UInt64, stream indices: Int...) {
        state = seed
        for index in indices {
            state = next() ^ UInt64(truncatingIfNeeded: index)
        }
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mixed(state)
    }

    /// The finaliser: a bijection in which each bit of the input flips each bit of the output half of the time.
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number evenly from [low, high), of 53 random bits.
    mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * (Double(next() >> 11) * 0x1p-53)
    }

    /// A number of mean 0 and standard deviation 1: the sum of four 16-bit uniforms (Irwin-Hall), within +-3.47.
    ///
    /// It needs no logarithm, whose last bit differs between C libraries.
    mutating func normal() -> Double {
        let bits = next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        // Four uniforms on 0...65535 have mean 131070 and variance (65536^2 - 1) / 3.
        return (Double(sum) - 131_070) * (1 / 37_837.2273)
    }

    /// A whole number evenly from 0..<bound, without bias (Lemire's multiplication with rejection).
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "no whole number lies below \(bound)")
        let range = UInt64(bound)
        let rejected = (0 &- range) % range
        while true {
            let (high, low) = next().multipliedFullWidth(by: range)
            if low >= rejected { return Int(high) }
        }
    }

    /// Shuffles in place (Fisher-Yates), the same for ever for a seed, which the standard library does not promise.
    mutating func shuffle<Element>(_ values: inout [Element]) {
        for last in stride(from: values.count - 1, to: 0, by: -1) {
            values.swapAt(last, below(last + 1))
        }
    }
}
