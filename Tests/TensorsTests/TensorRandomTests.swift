import Memory
import Tensors
import Testing

@Suite struct TensorRandomTests {
    @Test func uniformAndNormalTensorsFollowTheirGenerator() {
        var random = Random(seed: 1, stream: .synthesis)
        let uniform = Tensor.uniform([50, 40], from: -2, to: 4, using: &random)
        #expect(uniform.shape == [50, 40])
        #expect(uniform.values.allSatisfy { $0 >= -2 && $0 < 4 })
        #expect(abs(uniform.mean() - 1) < 0.15)
        let normal = Tensor.normal([50, 40], mean: 3, deviation: 0.5, using: &random)
        #expect(abs(normal.mean() - 3) < 0.05)
        #expect(abs(normal.variance() - 0.25) < 0.03)
        var same = Random(seed: 1, stream: .synthesis)
        #expect(Tensor.uniform([50, 40], from: -2, to: 4, using: &same) == uniform)
    }
}
