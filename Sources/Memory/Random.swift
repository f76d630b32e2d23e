/// The program's own generator of random numbers, so that a seed means the same for ever.
///
/// Sequential draws come from xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded by
/// SplitMix64. Named streams keep the purposes apart: drawing one more number while initialising does not move the shuffles.
public struct Random: Sendable {
    /// A purpose that draws numbers of its own.
    public enum Stream: UInt64, Sendable {
        /// First values of weights.
        case initialization = 1
        /// The order of the windows in an epoch.
        case shuffle = 2
        /// Masks of dropout.
        case dropout = 3
        /// Which windows are held out.
        case split = 4
        /// Made-up recordings.
        case synthesis = 5
    }

    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The generator of a stream.
    /// - Parameter index: Which of many independent sequences of the stream, for example the epoch.
    public init(seed: UInt64, stream: Stream, index: UInt64 = 0) {
        var key = Random.key(seed: seed, stream: stream, index: index)
        func next() -> UInt64 {
            key &+= 0x9E37_79B9_7F4A_7C15
            return SplitMix64.mix(key)
        }
        state = (next(), next(), next(), next())
    }

    /// The generator of a path of indices within a stream, such as (volunteer, activity).
    public init(seed: UInt64, stream: Stream, path: Int...) {
        let key = path.reduce(seed) { key, index in
            SplitMix64.mix(key &+ 0x9E37_79B9_7F4A_7C15) ^ UInt64(truncatingIfNeeded: index)
        }
        self.init(seed: key, stream: stream)
    }

    /// A key for `Random.word(key:counter:)`: one for every seed, stream and index.
    public static func key(seed: UInt64, stream: Stream, index: UInt64) -> UInt64 {
        SplitMix64.mix(
            SplitMix64.mix(SplitMix64.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ stream.rawValue) &+ index &* 0xD1B5_4A32_D192_ED03)
    }

    /// The number at a place of a sequence without drawing those before it: what dropout needs, whose mask must not depend on
    /// how a batch is spread over threads.
    @inline(__always)
    public static func word(key: UInt64, counter: UInt64) -> UInt64 {
        SplitMix64.word(key: key, counter: counter)
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { (x << by) | (x >> (64 - by)) }
        let result = rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, 45)
        return result
    }

    /// A whole number, 0 ..< bound, without bias (Lemire, "Fast random integer generation in an interval", 2019).
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "Random.below needs a positive bound, not \(bound)")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// A number in 0 ..< 1 with 53 random bits.
    public mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number in lower ..< upper.
    public mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
        lower + (upper - lower) * unit()
    }

    /// A number of mean 0 and standard deviation 1, nearly normal: the sum of twelve 16-bit uniforms (Irwin-Hall), within +-6.
    ///
    /// It needs no logarithm, whose last bit differs between C libraries.
    public mutating func normal() -> Double {
        var sum: UInt64 = 0
        for _ in 0..<3 {
            let bits = next()
            sum += (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        }
        // Twelve uniforms on 0 ... 65535 have mean 393210 and variance 65536^2 - 1.
        return (Double(sum) - 393_210) * 0x1p-16
    }

    /// Puts the elements into a random order (Fisher and Yates), in place.
    // Inlinable, so that it is specialised in other modules: generic, each swap allocates.
    @inlinable
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, below(last + 1))
        }
    }
}
