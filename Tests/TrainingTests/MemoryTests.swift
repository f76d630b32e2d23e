import Layers
import Memory
import Platform
import Testing

@testable import Training

@Suite struct MemoryTests {
    /// A MiB of weights, twice more as moments, packed twice, and as a gradient: more than 4 MiB.
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

    /// The least memory that is not refused.
    private func least(_ body: (_ memory: Int) throws -> Void) throws -> Int {
        var (refused, accepted) = (0, 64 << 20)
        try body(accepted)
        while accepted - refused > 1 {
            let memory = (refused + accepted) / 2
            do {
                try body(memory)
                accepted = memory
            } catch is ModelError {
                refused = memory
            }
        }
        return accepted
    }

    /// A trainer keeps the best weights and evaluates, with packed weights and a lane for each thread.
    @Test(arguments: [1, 3]) func aTrainerNeedsMoreThanItsStep(threads: Int) throws {
        let pool = ThreadPool(threads: threads)
        let recipe = Recipe(epochs: 1, batch: 2, learningRate: 0.1)
        let model = try recipe.bind(wide)
        let data = waves(rows: 8)
        let trainer = try least { memory in
            _ = try Trainer(
                wide, recipe: recipe, training: data, validation: data, pool: pool, memory: memory)
        }
        let saving = try least { memory in
            _ = try Trainer(
                wide, recipe: recipe, training: data, validation: data, pool: pool, memory: memory, besides: { $0.weightCount })
        }
        #expect(saving - trainer == 4 * model.weightCount)
        let best = model.weightCount + model.statisticCount
        let evaluator = model.packedCount + threads * (model.activationCount + model.scratchCount)
        #expect(trainer - (try least(train)) == 4 * (best + evaluator))
    }

    @Test func moreThanTheMachineHasIsRefused() throws {
        try train(memory: 32 << 20)
        let error = #expect(throws: ModelError.self) { try train(memory: 4 << 20) }
        let text = try #require(error?.description)
        #expect(text.contains("this process can have 4 MiB") && text.contains("use smaller batches, or fewer units"), "\(text)")
    }
}
