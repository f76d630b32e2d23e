import Kernels
import Testing

/// Bounds hold over every 997th float of a range (997 is prime: all exponents and many patterns of low bits are met); the doc
/// comments state the maxima over every single float.
@Suite struct TranscendentalTests {
    /// The largest error over the floats from `start` to `end`, both of one sign, in units in the last place.
    private func worst(
        _ start: Float, _ end: Float, _ kernel: (Float) -> Float, _ reference: (Float) -> Double
    ) -> (error: Double, at: Float) {
        var result = (error: 0.0, at: start)
        for pattern in stride(from: start.bitPattern, through: end.bitPattern, by: 997) {
            let x = Float(bitPattern: pattern)
            let error = unitsInLastPlace(kernel(x), reference(x))
            guard !error.isNaN else { return (.nan, x) }
            if error > result.error { result = (error, x) }
        }
        return result
    }

    @Test(arguments: [(Float(0), Float(88.3), 0.991), (-0.0, -87.3, 0.991)])
    func exponential(start: Float, end: Float, bound: Double) {
        let (error, place) = worst(start, end, fastExp, fastExpReference)
        #expect(error < bound, "at \(place)")
    }

    @Test(arguments: [(Float(0), Float(100), 1.5), (-0.0, -88.3, 2.49)])
    func sigmoid(start: Float, end: Float, bound: Double) {
        let (error, place) = worst(start, end, fastSigmoid, fastSigmoidReference)
        #expect(error < bound, "at \(place)")
    }

    /// The polynomial ends at 0.625; beyond, negative arguments lose bits to cancellation.
    @Test(
        arguments: [
            (Float(0), Float(0.625).nextDown, 0.78), (0.624, 0.626, 1.34), (0.625, 1e5, 1.34),
            (-0.0, -Float(0.625).nextDown, 0.78), (-0.625, -1e5, 3),
        ])
    func tangent(start: Float, end: Float, bound: Double) {
        let (error, place) = worst(start, end, fastTanh, fastTanhReference)
        #expect(error < bound, "at \(place)")
    }

    @Test func exponentialSaturates() {
        #expect(fastExp(0) == 1)
        for x: Float in [88.3, 89, 1000, 1e30, .greatestFiniteMagnitude, .infinity] {
            #expect(fastExp(x) == fastExp(88.3), "\(x)")
        }
        for x: Float in [-87.3, -88, -1000, -1e30, -.greatestFiniteMagnitude, -.infinity] {
            #expect(fastExp(x) == fastExp(-87.3), "\(x)")
        }
        #expect(fastExp(88.3).isFinite && fastExp(88.3) > 2e38)
        #expect(fastExp(-87.3).isNormal && fastExp(-87.3) < 1.3e-38)
    }

    @Test func sigmoidSaturates() {
        for x: Float in [30, 1000, 1e30, .greatestFiniteMagnitude, .infinity] {
            #expect(fastSigmoid(x) == 1, "\(x)")
        }
        for x: Float in [-88.3, -1000, -1e30, -.greatestFiniteMagnitude, -.infinity] {
            #expect(fastSigmoid(x) >= 0 && fastSigmoid(x) < .leastNormalMagnitude, "\(x)")
        }
        #expect(fastSigmoid(0) == 0.5)
    }

    @Test func tangentSaturates() {
        for x: Float in [10, 1000, 1e30, .greatestFiniteMagnitude, .infinity] {
            #expect(fastTanh(x) == 1, "\(x)")
            #expect(fastTanh(-x) == -1, "\(-x)")
        }
        #expect(fastTanh(0) == 0)
        #expect(fastTanh(.leastNonzeroMagnitude) == .leastNonzeroMagnitude)
    }

    @Test(arguments: [Float.nan, -Float.nan, Float(bitPattern: 0x7FFF_FFFF), Float(bitPattern: 0xFFFF_FFFF), Float.signalingNaN])
    func notANumberStays(nan: Float) {
        #expect(fastExp(nan).isNaN)
        #expect(fastSigmoid(nan).isNaN)
        #expect(fastTanh(nan).isNaN)
    }
}
