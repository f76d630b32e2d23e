import Layers
import Memory
import Platform
import Testing

@testable import Training

@Suite struct DeterminismTests {
    /// 41 rows in batches of 17: neither divides by the twelve lanes, and the last batch has fewer rows than there are lanes.
    private func outcome(threads: Int, seed: UInt64 = 5, dropLast: Bool = false) throws -> Outcome {
        var recipe = Recipe(epochs: 2, batch: 17, learningRate: 0.01)
        recipe.seed = seed
        recipe.dropLast = dropLast
        recipe.clip = .norm(1)
        let trainer = try Trainer(
            mixed, recipe: recipe, training: waves(rows: 41), validation: waves(rows: 13, seed: 2),
            pool: ThreadPool(threads: threads))
        #expect(try trainer.fit { _ in .continue } == .finished)
        return Outcome(trainer)
    }

    @Test func sameBitsForAnyNumberOfThreads() throws {
        let one = try outcome(threads: 1)
        for threads in [1, 2, 3, 5] { #expect(try outcome(threads: threads) == one, "\(threads) threads") }
        #expect(one.progress.step == 6)
        #expect(one.progress.best != nil)
    }

    /// The lanes decide the bits, the threads do not, be they more than twelve of either.
    @Test func sameBitsWithMoreLanes() throws {
        func outcome(lanes: Int, threads: Int) throws -> Outcome {
            var recipe = Recipe(epochs: 2, batch: 32, learningRate: 0.01)
            recipe.maximumLanes = lanes
            let trainer = try Trainer(
                linear, recipe: recipe, training: waves(rows: 41), validation: waves(rows: 23, seed: 2),
                pool: ThreadPool(threads: threads))
            #expect(try trainer.fit { _ in .continue } == .finished)
            return Outcome(trainer)
        }
        let many = try outcome(lanes: 20, threads: 1)
        for threads in [2, 5, 16] { #expect(try outcome(lanes: 20, threads: threads) == many, "\(threads) threads") }
        #expect(try outcome(lanes: 12, threads: 1) != many)
    }

    /// A layer whose gradient is too large for lanes: one lane, whose products the threads share.
    @Test func sameBitsForLargeLayers() throws {
        let large = ModelDescription("large", input: [8, 3]) {
            Conv1D(64, kernel: 3, padding: .same)
            Flatten()
            Dense(520)
            ReLU()
            Dense(510)
            Dense(3)
        }
        func outcome(threads: Int) throws -> Outcome {
            let trainer = try Trainer(
                large, recipe: Recipe(epochs: 2, batch: 17, learningRate: 0.001), training: waves(rows: 41),
                validation: waves(rows: 13, seed: 2), pool: ThreadPool(threads: threads))
            #expect(try trainer.fit { _ in .continue } == .finished)
            return Outcome(trainer)
        }
        let one = try outcome(threads: 1)
        for threads in [2, 3] {
            // As one word: of so many numbers, the differences take half a minute to find.
            let isEqual = try outcome(threads: threads) == one
            #expect(isEqual, "\(threads) threads")
        }
    }

    @Test func anotherSeedGivesOtherWeights() throws {
        #expect(try outcome(threads: 2, seed: 6).weights != outcome(threads: 2).weights)
    }

    @Test func dropLastLeavesOutTheShortBatch() throws {
        let outcome = try outcome(threads: 2, dropLast: true)
        #expect(outcome.progress.step == 4)
        #expect(outcome.weights != (try self.outcome(threads: 2).weights))
    }

    /// The gradients of all lanes together are those of one pass over the batch, dropout included: masks follow rows, not lanes.
    @Test func lanesAddUpToOnePass() throws {
        let description = ModelDescription(
            name: "dropping", input: [8, 3],
            network: Sequential {
                LSTM(4, output: .sequence, dropout: 0.5)
                Dropout(0.5)
                Flatten()
                Dense(3)
            })
        let data = waves(rows: 17)
        var recipe = Recipe(epochs: 1, batch: 17, learningRate: 0)
        recipe.seed = 9
        let step = try TrainingStep(description, recipe: recipe, data: data, pool: ThreadPool(threads: 2))
        let order = (0..<Int32(17)).map { 16 - $0 }
        let result = try #require(step.run(order: order, batch: 0..<17, number: 3, rate: 0))

        let model = try Model(description, maximumRows: 17)
        try #require(model.rowsPerPass == 17)
        let worker = LaneWorker(model, standardization: .none, training: true)
        worker.train(
            PackedWeights(model, state: step.state, forTraining: true), data, order: order, batch: 0..<17, share: 0..<17,
            loss: SoftmaxCrossEntropy(), scale: 1 / 17,
            dropoutKey: Random.key(seed: 9, stream: .dropout, index: 3),
            parts: GradientParts(weightCount: model.weightCount, deferred: []), team: .alone)
        #expect(abs(worker.loss - result.loss) < 1e-6)
        #expect(worker.correct == result.correct)
        let (lanes, one) = (step.gradient, worker.lane.gradients)
        let (measured, expected) = (lanes.read(lanes.all), one.read(one.all))
        #expect(expected.indices.contains { abs(expected[$0]) > 0.01 })
        for i in expected.indices { #expect(abs(measured[i] - expected[i]) < 1e-6) }
    }
}
