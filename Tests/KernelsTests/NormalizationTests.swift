import Kernels
import Oracles
import Testing

/// Bounds: 1e-11 for sums of up to 600 rows in single precision and what follows from them, 1e-12 for the rest.
@Suite struct NormalizationTests {
    private static let epsilon: Float = 1e-5

    private func statistics(_ x: [Float], _ shape: MatrixShape) -> (mean: [Float], variance: [Float]) {
        var mean = [Float](repeating: .nan, count: shape.columns)
        var variance = mean
        var meanSpan = mean.mutableSpan
        var varianceSpan = variance.mutableSpan
        channelStatistics(x.span, rows: shape.rows, mean: &meanSpan, variance: &varianceSpan)
        return (mean, variance)
    }

    @Test(arguments: MatrixShape.all) func statistics(shape: MatrixShape) {
        var random = TestRandom(22)
        for offset: Float in [0, 50] {
            let x = random.floats(shape.count, offset - 2...offset + 2)
            let (mean, variance) = statistics(x, shape)
            let expected = channelStatisticsReference(doubles(x), rows: shape.rows, channels: shape.columns)
            #expect(largestDifference(doubles(mean), expected.mean) < 1e-6 * Double(1 + offset))
            #expect(normalizedError(variance, expected.variance) < 1e-11)
        }
    }

    @Test(arguments: MatrixShape.all) func forward(shape: MatrixShape) {
        var random = TestRandom(23)
        let x = random.floats(shape.count, -3...3)
        let mean = random.floats(shape.columns)
        let variance = random.floats(shape.columns, 0...4)
        let weight = random.floats(shape.columns)
        let bias = random.floats(shape.columns)
        let y = written(shape.count) {
            normalizeForward(
                x.span, rows: shape.rows, mean: mean.span, variance: variance.span, epsilon: Self.epsilon, weight: weight.span,
                bias: bias.span, into: &$0)
        }
        let expected = normalizeForwardReference(
            doubles(x), mean: doubles(mean), variance: doubles(variance), epsilon: Double(Self.epsilon), weight: doubles(weight),
            bias: doubles(bias))
        #expect(normalizedError(y, expected) < 1e-12)
    }

    @Test(arguments: MatrixShape.all, [true, false]) func backward(shape: MatrixShape, wantsInput: Bool) {
        var random = TestRandom(24)
        let x = random.floats(shape.count, -3...3)
        let dy = random.floats(shape.count)
        let weight = random.floats(shape.columns)
        let before = random.floats(2 * shape.columns)
        let (mean, variance) = statistics(x, shape)
        var sums = [Float](repeating: .nan, count: 2 * shape.columns)
        var dWeight = Array(before[..<shape.columns])
        var dBias = Array(before[shape.columns...])
        var sumsSpan = sums.mutableSpan
        var dWeightSpan = dWeight.mutableSpan
        var dBiasSpan = dBias.mutableSpan
        let dx = written(wantsInput ? shape.count : 0) {
            normalizeBackward(
                x.span, dy: dy.span, rows: shape.rows, mean: mean.span, variance: variance.span, epsilon: Self.epsilon,
                weight: weight.span, sums: &sumsSpan, dWeight: &dWeightSpan, dBias: &dBiasSpan, into: &$0)
        }
        let expected = normalizeBackwardReference(
            doubles(x), dy: doubles(dy), rows: shape.rows, epsilon: Double(Self.epsilon), weight: doubles(weight))
        // Added to what was there.
        #expect(normalizedError(dWeight, zip(expected.dWeight, before).map { $0 + Double($1) }) < 1e-11)
        #expect(normalizedError(dBias, zip(expected.dBias, before[shape.columns...]).map { $0 + Double($1) }) < 1e-11)
        // One or two rows cancel nearly to nothing, so the bound is absolute there: 1e-4 of 1 / sqrt(epsilon) = 316.
        if wantsInput {
            #expect(
                shape.rows > 2 ? normalizedError(dx, expected.dx) < 1e-11 : largestDifference(doubles(dx), expected.dx) < 1e-4)
        }
    }
}
