import Kernels
import Oracles
import Testing

/// Bounds hold over every 997th float of a range (997 is prime: all exponents and many patterns of low bits are met); the doc
/// comments state the maxima over more of them (`fastExp`: over all).
@Suite struct TranscendentalTests {
    /// The largest error over the floats from `start` to `end`, both of one sign, in units in the last place.
    private func worst(
        _ start: Float, _ end: Float, _ kernel: ([Float]) -> [Float], _ reference: (Float) -> Double
    ) -> (error: Double, at: Float) {
        let x = stride(from: start.bitPattern, through: end.bitPattern, by: 997).map { Float(bitPattern: $0) }
        var result = (error: 0.0, at: start)
        for (x, y) in zip(x, kernel(x)) {
            let error = unitsInLastPlace(y, reference(x))
            guard !error.isNaN else { return (.nan, x) }
            if error > result.error { result = (error, x) }
        }
        return result
    }

    private func sigmoid(_ x: [Float], _ kernels: KernelSet) -> [Float] {
        written(x.count) { sigmoidForward(x.span, &$0, kernels: kernels) }
    }

    private func tangent(_ x: [Float], _ kernels: KernelSet) -> [Float] {
        written(x.count) { tanhForward(x.span, &$0, kernels: kernels) }
    }

    @Test(arguments: [(Float(0), Float(88.3), 0.991), (-0.0, -87.3, 0.991)])
    func exponential(start: Float, end: Float, bound: Double) {
        let (error, place) = worst(start, end, { $0.map(fastExp) }, fastExpReference)
        #expect(error < bound, "at \(place)")
    }

    @Test(arguments: [(Float(0), Float(100), 1.5), (-0.0, -88.3, 2.49)], KernelSet.available)
    func sigmoid(range: (start: Float, end: Float, bound: Double), kernels: KernelSet) {
        let (error, place) = worst(range.start, range.end, { sigmoid($0, kernels) }, sigmoidReference)
        #expect(error < range.bound, "at \(place)")
    }

    /// The polynomial ends at 0.625.
    @Test(
        arguments: [
            (Float(0), Float(0.625).nextDown, 0.78), (0.624, 0.626, 1.34), (0.625, 1e5, 1.34),
            (-0.0, -Float(0.625).nextDown, 0.78), (-0.625, -1e5, 1.34),
        ], KernelSet.available)
    func tangent(range: (start: Float, end: Float, bound: Double), kernels: KernelSet) {
        let (error, place) = worst(range.start, range.end, { tangent($0, kernels) }, tanhReference)
        #expect(error < range.bound, "at \(place)")
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

    @Test(arguments: KernelSet.available) func sigmoidSaturates(kernels: KernelSet) {
        #expect(sigmoid([30, 1000, 1e30, .greatestFiniteMagnitude, .infinity], kernels) == [1, 1, 1, 1, 1])
        let low = sigmoid([-88.3, -1000, -1e30, -.greatestFiniteMagnitude, -.infinity], kernels)
        #expect(low.allSatisfy { $0 >= 0 && $0 < .leastNormalMagnitude })
        #expect(sigmoid([0], kernels) == [0.5])
    }

    @Test(arguments: KernelSet.available) func tangentSaturates(kernels: KernelSet) {
        let large: [Float] = [10, 1000, 1e30, .greatestFiniteMagnitude, .infinity]
        #expect(tangent(large, kernels) == [1, 1, 1, 1, 1])
        #expect(tangent(large.map(-), kernels) == [-1, -1, -1, -1, -1])
        #expect(tangent([0, .leastNonzeroMagnitude], kernels) == [0, .leastNonzeroMagnitude])
    }

    @Test(arguments: [Float.nan, -Float.nan, Float(bitPattern: 0x7FFF_FFFF), Float(bitPattern: 0xFFFF_FFFF), Float.signalingNaN])
    func notANumberStays(nan: Float) {
        #expect(fastExp(nan).isNaN)
        for kernels in KernelSet.available {
            #expect(sigmoid([nan], kernels)[0].isNaN)
            #expect(tangent([nan], kernels)[0].isNaN)
        }
    }
}
