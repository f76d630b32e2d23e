import Glibc
import Kernels
import Oracles
import Testing

/// Bound: 1e-12 after five steps from the same start.
@Suite struct OptimizerUpdatesTests {
    static let counts = [0, 1, 2, 15, 16, 33, 1000]

    @Test(arguments: counts, [Float(0), 0.01]) func adam(count: Int, decay: Float) {
        for kernels in KernelSet.available { adam(count: count, decay: decay, kernels: kernels) }
    }

    private func adam(count: Int, decay: Float, kernels: KernelSet) {
        let (rate, beta1, beta2, epsilon) = (Float(1e-2), Float(0.9), Float(0.999), Float(1e-8))
        var random = TestRandom(25)
        var weights = random.floats(count)
        var first = [Float](repeating: 0, count: count)
        var second = first
        var expected = AdamReference(weights: doubles(weights))
        for step in 1...5 {
            let gradient = random.floats(count)
            var weightsSpan = weights.mutableSpan
            var firstSpan = first.mutableSpan
            var secondSpan = second.mutableSpan
            adamUpdate(
                weights: &weightsSpan, gradient: gradient.span, firstMoment: &firstSpan, secondMoment: &secondSpan, rate: rate,
                beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay,
                correction1: Float(1 - pow(Double(beta1), Double(step))),
                correction2: Float(1 - pow(Double(beta2), Double(step))), kernels: kernels)
            adamUpdateReference(
                &expected, gradient: doubles(gradient), rate: Double(rate), beta1: Double(beta1), beta2: Double(beta2),
                epsilon: Double(epsilon), decay: Double(decay), step: step)
        }
        #expect(normalizedError(weights, expected.weights) < 1e-12)
        #expect(normalizedError(first, expected.firstMoment) < 1e-12)
        #expect(normalizedError(second, expected.secondMoment) < 1e-12)
    }

    /// The first step of Adam has the length of the rate whatever the gradient's, and none where there is no gradient.
    @Test func firstStepOfAdam() {
        var weights: [Float] = [1, 1, 1, 1]
        var first: [Float] = [0, 0, 0, 0]
        var second: [Float] = [0, 0, 0, 0]
        var weightsSpan = weights.mutableSpan
        var firstSpan = first.mutableSpan
        var secondSpan = second.mutableSpan
        adamUpdate(
            weights: &weightsSpan, gradient: [1e-3, -1e3, 0, .nan].span, firstMoment: &firstSpan, secondMoment: &secondSpan,
            rate: 0.125, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0, correction1: 0.1, correction2: 0.001)
        #expect(abs(weights[0] - 0.875) < 1e-5)
        #expect(abs(weights[1] - 1.125) < 1e-5)
        #expect(weights[2] == 1)
        #expect(weights[3].isNaN)
    }

    @Test(arguments: counts, [(Float(0), false), (0.9, false), (0.9, true)])
    func descent(count: Int, variant: (momentum: Float, nesterov: Bool)) {
        for decay: Float in [0, 0.05] {
            var random = TestRandom(26)
            var weights = random.floats(count)
            var velocity = [Float](repeating: 0, count: variant.momentum == 0 ? 0 : count)
            var expected = SGDReference(weights: doubles(weights))
            for _ in 1...5 {
                let gradient = random.floats(count)
                var weightsSpan = weights.mutableSpan
                var velocitySpan = velocity.mutableSpan
                sgdUpdate(
                    weights: &weightsSpan, gradient: gradient.span, velocity: &velocitySpan, rate: 0.1,
                    momentum: variant.momentum, nesterov: variant.nesterov, decay: decay)
                sgdUpdateReference(
                    &expected, gradient: doubles(gradient), rate: Double(Float(0.1)), momentum: Double(variant.momentum),
                    nesterov: variant.nesterov, decay: Double(decay))
            }
            #expect(normalizedError(weights, expected.weights) < 1e-12)
            if variant.momentum != 0 { #expect(normalizedError(velocity, expected.velocity) < 1e-12) }
        }
    }
}
