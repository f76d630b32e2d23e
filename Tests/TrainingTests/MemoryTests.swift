import Layers
import Memory
import Platform
import Testing
import Training

@Suite struct MemoryTests {
    /// A MiB of weights, twice more as moments, packed twice, and as gradients of two lanes: more than 4 MiB.
    private let wide = ModelDescription(
        name: "wide", input: [8, 3],
        network: Sequential {
            Flatten()
            Dense(512)
            Dense(512)
            Dense(3)
        })

    private func train(memory: Int) throws {
        _ = try TrainingStep(
            wide, recipe: Recipe(epochs: 1, batch: 2, learningRate: 0.1), data: waves(rows: 8), pool: ThreadPool(threads: 1),
            memory: memory)
    }

    @Test func moreThanTheMachineHasIsRefused() throws {
        try train(memory: 32 << 20)
        let error = #expect(throws: ModelError.self) { try train(memory: 4 << 20) }
        let text = try #require(error?.description)
        #expect(text.contains("the machine has 4 MiB") && text.contains("use fewer units"), "\(text)")
    }
}
