import Kernels
import Oracles
import Testing

/// Bound: a normalised square error of 1e-12 (about 1e-6 a value) where a function is computed; ReLU is exact.
@Suite struct ActivationsTests {
    @Test(arguments: MatrixShape.all) func relu(shape: MatrixShape) {
        var random = TestRandom(1)
        let x = random.floats(shape.count)
        let dy = random.floats(shape.count)
        let y = written(shape.count) { reluForward(x.span, &$0) }
        #expect(doubles(y) == reluForwardReference(doubles(x)))
        let dx = written(shape.count) { reluBackward(y: y.span, dy: dy.span, dx: &$0) }
        #expect(doubles(dx) == reluBackwardReference(x: doubles(x), dy: doubles(dy)))
    }

    @Test(arguments: MatrixShape.all) func tangent(shape: MatrixShape) {
        var random = TestRandom(2)
        let x = random.floats(shape.count, -4...4)
        let dy = random.floats(shape.count)
        let y = written(shape.count) { tanhForward(x.span, &$0) }
        #expect(normalizedError(y, tanhForwardReference(doubles(x))) < 1e-12)
        let dx = written(shape.count) { tanhBackward(y: y.span, dy: dy.span, dx: &$0) }
        #expect(normalizedError(dx, tanhBackwardReference(x: doubles(x), dy: doubles(dy))) < 1e-12)
    }

    @Test(arguments: MatrixShape.all) func sigmoid(shape: MatrixShape) {
        var random = TestRandom(3)
        let x = random.floats(shape.count, -8...8)
        let dy = random.floats(shape.count)
        let y = written(shape.count) { sigmoidForward(x.span, &$0) }
        #expect(normalizedError(y, sigmoidForwardReference(doubles(x))) < 1e-12)
        let dx = written(shape.count) { sigmoidBackward(y: y.span, dy: dy.span, dx: &$0) }
        #expect(normalizedError(dx, sigmoidBackwardReference(x: doubles(x), dy: doubles(dy))) < 1e-12)
    }

    @Test func reluAtItsKink() {
        let x: [Float] = [-.infinity, -1, -0.0, 0, .leastNonzeroMagnitude, 1, .infinity]
        let y = written(x.count) { reluForward(x.span, &$0) }
        #expect(y == [0, 0, 0, 0, .leastNonzeroMagnitude, 1, .infinity])
        let dy = [Float](repeating: 5, count: x.count)
        #expect(written(x.count) { reluBackward(y: y.span, dy: dy.span, dx: &$0) } == [0, 0, 0, 0, 5, 5, 5])
    }

    @Test func notANumberPasses() {
        let x: [Float] = [1, .nan, -1]
        let results = [
            written(3) { reluForward(x.span, &$0) }, written(3) { tanhForward(x.span, &$0) },
            written(3) { sigmoidForward(x.span, &$0) },
        ]
        for y in results { #expect(y.map(\.isNaN) == [false, true, false]) }
    }
}
