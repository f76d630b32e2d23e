import Kernels
import Oracles
import Testing

@Suite struct PoolingTests {
    private func maximum(_ x: [Float], _ shape: WindowShape) -> [Float] {
        written(shape.outputs) { maxPoolForward(x.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0) }
    }

    private func maximumGradient(_ x: [Float], _ y: [Float], _ dy: [Float], _ shape: WindowShape) -> [Float] {
        written(shape.inputs) {
            maxPoolBackward(
                x: x.span, y: y.span, dy: dy.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0)
        }
    }

    /// Comparisons: exact.
    @Test(arguments: WindowShape.all) func maximum(shape: WindowShape) {
        var random = TestRandom(14)
        // All below zero, so that padding counted as zero would win.
        let x = random.floats(shape.inputs, -2 ... -1)
        let expected = maxPoolForwardReference(doubles(x), rows: shape.rows, channels: shape.channels, shape.geometry)
        #expect(doubles(maximum(x, shape)) == expected)
    }

    /// Bound: 1e-13, single-precision sums of at most `kernel` values.
    @Test(arguments: WindowShape.all) func maximumGradient(shape: WindowShape) {
        var random = TestRandom(15)
        for x in [random.floats(shape.inputs), random.ties(shape.inputs)] {
            let dy = random.floats(shape.outputs)
            let dx = maximumGradient(x, maximum(x, shape), dy, shape)
            let expected = maxPoolBackwardReference(
                x: doubles(x), dy: doubles(dy), rows: shape.rows, channels: shape.channels, shape.geometry)
            #expect(normalizedError(dx, expected) < 1e-13)
        }
    }

    /// Bound: 1e-13, single-precision sums of at most `kernel` values.
    @Test(arguments: WindowShape.all, [false, true]) func average(shape: WindowShape, countsPadding: Bool) {
        var random = TestRandom(16)
        let x = random.floats(shape.inputs)
        let y = written(shape.outputs) {
            averagePoolForward(
                x.span, rows: shape.rows, channels: shape.channels, shape.geometry, countsPadding: countsPadding, into: &$0)
        }
        let expected = averagePoolForwardReference(
            doubles(x), rows: shape.rows, channels: shape.channels, shape.geometry, countsPadding: countsPadding)
        #expect(normalizedError(y, expected) < 1e-13)
    }

    /// Bound: 1e-13, single-precision sums of at most `kernel` values.
    @Test(arguments: WindowShape.all, [false, true]) func averageGradient(shape: WindowShape, countsPadding: Bool) {
        var random = TestRandom(17)
        let dy = random.floats(shape.outputs)
        let dx = written(shape.inputs) {
            averagePoolBackward(
                dy: dy.span, rows: shape.rows, channels: shape.channels, shape.geometry, countsPadding: countsPadding, into: &$0)
        }
        let expected = averagePoolBackwardReference(
            dy: doubles(dy), rows: shape.rows, channels: shape.channels, shape.geometry, countsPadding: countsPadding)
        #expect(normalizedError(dx, expected) < 1e-13)
    }

    /// Dilated taps can straddle a short sequence: -1 and 2 around one step. No value and no gradient comes from there.
    @Test func windowOverPaddingAloneIsZero() {
        let shape = WindowShape(rows: 2, steps: 1, channels: 3, kernel: 2, dilation: 3, padding: .same)
        #expect(shape.geometry.taps(output: 0).isEmpty)
        let x: [Float] = [-1, -2, -3, -4, -5, -6]
        #expect(maximum(x, shape) == [0, 0, 0, 0, 0, 0])
        #expect(maximumGradient(x, [0, 0, 0, 0, 0, 0], x, shape) == [0, 0, 0, 0, 0, 0])
        #expect(
            written(6) { averagePoolForward(x.span, rows: 2, channels: 3, shape.geometry, into: &$0) } == [0, 0, 0, 0, 0, 0])
        #expect(
            written(6) { averagePoolBackward(dy: x.span, rows: 2, channels: 3, shape.geometry, into: &$0) }
                == [0, 0, 0, 0, 0, 0])
    }

    @Test(arguments: 0..<6) func notANumberWins(place: Int) {
        for shape in [
            WindowShape(rows: 1, steps: 6, channels: 1, kernel: 2, stride: 2),
            WindowShape(rows: 1, steps: 6, channels: 1, kernel: 3, padding: .same),
        ] {
            var x: [Float] = [1, -2, .infinity, -4, 5, -6]
            x[place] = .nan
            let expected = maxPoolForwardReference(doubles(x), rows: 1, channels: 1, shape.geometry).map(\.isNaN)
            #expect(expected.contains(true))
            #expect(maximum(x, shape).map(\.isNaN) == expected)
        }
    }
}
