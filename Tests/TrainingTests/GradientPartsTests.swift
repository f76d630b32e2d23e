import Layers
import Memory
import Platform
import Testing

@testable import Training

@Suite struct GradientPartsTests {
    /// A layer of more than 2^18 weights in the middle, one behind a branch, small ones around.
    private static let large = ModelDescription("large", input: [8, 3]) {
        Conv1D(4, kernel: 3, padding: .same)
        Flatten()
        Concatenate([
            Sequential {
                Dense(530)
                ReLU()
                Dense(501)
            }, Sequential { Dense(5) },
        ])
        Dense(3)
    }

    /// Every weight is in one part, and the deferred ones are whole rows.
    @Test(arguments: [0, 1]) func partsCoverTheWeights(deferred: Int) throws {
        let model = try Model(GradientPartsTests.large, maximumRows: 4, forTraining: true)
        let gradient = try #require(model.deferrableGradients.first)
        #expect(model.deferrableGradients.count == 1 && gradient.rowCount == 501)
        let parts = GradientParts(weightCount: model.weightCount, deferred: Array(model.deferrableGradients.prefix(deferred)))
        var times = [Int](repeating: 0, count: model.weightCount)
        for part in parts.ranges.flatMap({ $0 }) {
            for i in 0..<part.slot.count { times[part.slot.offset + i] += 1 }
            #expect(part.isDeferred == (deferred == 1 && gradient.weight.contains(part.slot)))
            if part.isDeferred {
                #expect((part.slot.offset - gradient.weight.offset).isMultiple(of: 501) && part.slot.count.isMultiple(of: 501))
            }
        }
        #expect(times.allSatisfy { $0 == 1 })
        #expect(parts.defersGradients == (deferred == 1))
        #expect(parts.kept.reduce(0) { $0 + $1.count } == model.weightCount - deferred * gradient.weight.count)
        #expect(parts.ranges.count == 12)
    }

    /// A clip that changes nothing waits for the whole gradient all the same; so does a batch that needs several passes.
    @Test func deferredGradientsAreThoseOfTheWayBack() throws {
        func weights(_ clip: GradientClip, threads: Int) throws -> [UInt32] {
            let data = waves(rows: 41)
            var recipe = Recipe(epochs: 1, batch: 41, learningRate: 0.01)
            recipe.clip = clip
            let step = try TrainingStep(
                GradientPartsTests.large, recipe: recipe, data: data, pool: ThreadPool(threads: threads))
            let order = (0..<Int32(41)).map { 40 - $0 }
            for (number, batch) in [0..<41, 3..<20].enumerated() {
                _ = try #require(step.run(order: order, batch: batch, number: number, rate: 0.01))
            }
            return bits(step.state.weights)
        }
        let waiting = try weights(.norm(1e6), threads: 1)
        for threads in [1, 2] {
            let isEqual = try weights(.none, threads: threads) == waiting
            #expect(isEqual, "\(threads) threads")
        }
    }
}
