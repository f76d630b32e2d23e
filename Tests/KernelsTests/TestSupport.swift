/// A small deterministic generator (SplitMix64; Steele, Lea, Flood, 2014), so that a failing case fails again.
struct TestRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func word() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// Floats spread evenly over the range.
    mutating func floats(_ count: Int, _ range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * Float(word() >> 40) * 0x1p-24 }
    }

    /// Floats of a few whole values, so that ties are common.
    mutating func ties(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(word() % 3) - 1 }
    }

    /// Class labels of 0 ..< classes.
    mutating func labels(_ count: Int, classes: Int) -> [Int32] {
        (0..<count).map { _ in Int32(word() % UInt64(classes)) }
    }
}

/// What a kernel writes into `count` floats that hold NaN before, so that a place left unwritten fails its test.
func written(_ count: Int, _ kernel: (inout MutableSpan<Float>) -> Void) -> [Float] {
    changed([Float](repeating: .nan, count: count), kernel)
}

/// The floats after a kernel changed them in place.
func changed(_ floats: [Float], _ kernel: (inout MutableSpan<Float>) -> Void) -> [Float] {
    var result = floats
    var span = result.mutableSpan
    kernel(&span)
    return result
}

func doubles(_ floats: [Float]) -> [Double] { floats.map(Double.init) }

/// The square error over the square sum of what was expected; infinite where the counts differ, NaN (below no bound) where a
/// value is.
func normalizedError(_ measured: [Float], _ expected: [Double]) -> Double {
    guard measured.count == expected.count else { return .infinity }
    var error = 0.0
    var power = 0.0
    for (m, e) in zip(measured, expected) {
        error += (Double(m) - e) * (Double(m) - e)
        power += e * e
    }
    return power > 0 ? error / power : error
}

/// The largest difference; infinite where the counts differ, NaN (below no bound) where a value is.
func largestDifference(_ measured: [Double], _ expected: [Double]) -> Double {
    guard measured.count == expected.count else { return .infinity }
    var largest = 0.0
    for (m, e) in zip(measured, expected) {
        guard !(m - e).isNaN else { return .nan }
        largest = max(largest, abs(m - e))
    }
    return largest
}

/// The error in units in the last place of the nearest single-precision number.
func unitsInLastPlace(_ measured: Float, _ expected: Double) -> Double {
    abs(Double(measured) - expected) / Double(Float(expected).ulp)
}

/// The gradient of `loss` at x by central differences.
func numericalGradient(at x: [Double], of loss: ([Double]) -> Double) -> [Double] {
    let distance = 1e-5
    return x.indices.map { i in
        var (left, right) = (x, x)
        left[i] -= distance
        right[i] += distance
        return (loss(right) - loss(left)) / (2 * distance)
    }
}

/// The scalar product: turns a kernel's outputs into one loss whose gradient by them is `weights`.
func dot(_ values: [Double], _ weights: [Double]) -> Double {
    zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
}
