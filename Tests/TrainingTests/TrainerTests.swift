import Layers
import Memory
import Platform
import Testing

@testable import Training

@Suite struct TrainerTests {
    private func recipe(epochs: Int, rate: Double, _ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
        var recipe = Recipe(epochs: epochs, batch: 16, learningRate: rate)
        change(&recipe)
        return recipe
    }

    private func trainer(_ recipe: Recipe) throws -> Trainer {
        try Trainer(
            linear, recipe: recipe, training: waves(rows: 60), validation: waves(rows: 30, seed: 2), pool: ThreadPool(threads: 2))
    }

    /// Trains to the end: the reason it stopped for, and what its epochs reported.
    private func fit(_ trainer: Trainer) throws -> (reason: StopReason, epochs: [EpochMetrics]) {
        var epochs: [EpochMetrics] = []
        let reason = try trainer.fit { event in
            if case .epochEnded(let metrics) = event { epochs.append(metrics) }
            return .continue
        }
        return (reason, epochs)
    }

    @Test func learns() throws {
        let trainer = try trainer(recipe(epochs: 20, rate: 0.05))
        let (reason, epochs) = try fit(trainer)
        #expect(reason == .finished)
        #expect(epochs.map(\.epoch) == Array(1...20))
        #expect(try #require(epochs.last?.validation).accuracy == 1)
        #expect(try #require(epochs.last).trainingLoss < #require(epochs.first).trainingLoss / 2)
        #expect(trainer.progress.endedBy == .finished)
        #expect(trainer.progress.step == 80)
        #expect(trainer.progress.secondsToAccuracy.allSatisfy { $0 != nil })
    }

    /// Nothing is learnt at this rate, so the first evaluation stays the best.
    @Test func patience() throws {
        let trainer = try trainer(recipe(epochs: 20, rate: 1e-30) { $0.patience = 3 })
        let (reason, epochs) = try fit(trainer)
        #expect(reason == .patience)
        #expect(epochs.count == 4)
        #expect(epochs.map(\.isBest) == [true, false, false, false])
        #expect(trainer.progress.endedBy == .patience)
        #expect(trainer.progress.evaluationsWithoutGain == 3)
    }

    /// Gains below the minimum do not count: 30 rows cannot gain 0.9 twice.
    @Test func minimumDelta() throws {
        let (reason, epochs) = try fit(
            try trainer(
                recipe(epochs: 50, rate: 0.05) {
                    $0.patience = 2
                    $0.minimumDelta = 0.9
                }))
        #expect(reason == .patience)
        #expect(epochs.count <= 20)
    }

    @Test func targetAccuracy() throws {
        let (reason, epochs) = try fit(try trainer(recipe(epochs: 200, rate: 0.02) { $0.targetAccuracy = 0.9 }))
        #expect(reason == .targetAccuracy)
        let accuracies = try epochs.map { try #require($0.validation).accuracy }
        #expect(accuracies.dropLast().allSatisfy { $0 < 0.9 })
        #expect(try #require(accuracies.last) >= 0.9)
        #expect(epochs.count > 1)
    }

    @Test func evaluatesWhenDueAndAtTheEnd() throws {
        let (_, epochs) = try fit(try trainer(recipe(epochs: 7, rate: 0.01) { $0.evaluateEvery = 3 }))
        #expect(epochs.map { $0.validation != nil } == [false, false, true, false, false, true, true])
    }

    /// At a rate far too high the scores go up and down; the best weights are kept as they were.
    @Test func keepsTheBestWeights() throws {
        let trainer = try trainer(recipe(epochs: 12, rate: 4) { $0.optimizer = .sgd(SGD(momentum: 0.9)) })
        var expected: [UInt32] = []
        var bestLoss = Double.infinity
        var bestAccuracy = 0.0
        _ = try trainer.fit { event in
            guard case .epochEnded(let metrics) = event, let validation = metrics.validation else { return .continue }
            let isBetter =
                validation.accuracy > bestAccuracy || (validation.accuracy == bestAccuracy && validation.loss < bestLoss)
            #expect(metrics.isBest == isBetter)
            if isBetter {
                (bestAccuracy, bestLoss) = (validation.accuracy, validation.loss)
                expected = bits(trainer.step.state.weights)
            }
            return .continue
        }
        #expect(bits(trainer.bestState.weights) == expected)
        #expect(bits(trainer.step.state.weights) != expected, "the last epoch was the best: the test says nothing")
        #expect(trainer.progress.best?.accuracy == bestAccuracy)
    }

    @Test func learningRatesFollowTheSchedule() throws {
        let (_, epochs) = try fit(try trainer(recipe(epochs: 4, rate: 0.01) { $0.schedule = .step(epochs: 2, factor: 0.1) }))
        for (metrics, rate) in zip(epochs, [0.01, 0.01, 0.001, 0.001]) { #expect(abs(metrics.learningRate - rate) < 1e-15) }
    }

    /// A batch as large as all rows is what a larger one becomes.
    @Test func batchesAreNoLargerThanTheData() throws {
        let large = try trainer(recipe(epochs: 2, rate: 0.01) { $0.batch = 600 })
        let all = try trainer(recipe(epochs: 2, rate: 0.01) { $0.batch = 60 })
        _ = try fit(large)
        _ = try fit(all)
        #expect(Outcome(large) == Outcome(all))
        #expect(large.stepsPerEpoch == 1)
        #expect(large.batch == 60)
        #expect(large.recipe.batch == 600, "the recipe says what was asked for")
    }

    /// With weights that stay, the loss of a batch says which rows are in it.
    @Test func everyEpochHasAnOrderOfItsOwn() throws {
        var losses: [Double] = []
        _ = try trainer(recipe(epochs: 4, rate: 1e-30)).fit { event in
            if case .batchEnded(let metrics) = event, metrics.batch == 1 { losses.append(metrics.loss) }
            return .continue
        }
        #expect(losses.count == 4)
        #expect(Set(losses).count == 4, "\(losses)")
    }

    /// Epochs see every row once.
    @Test func reportsMeansOverTheEpoch() throws {
        var batches: [BatchMetrics] = []
        let trainer = try trainer(recipe(epochs: 1, rate: 1e-30))
        var epoch: EpochMetrics?
        _ = try trainer.fit { event in
            switch event {
            case .batchEnded(let metrics): batches.append(metrics)
            case .epochEnded(let metrics): epoch = metrics
            }
            return .continue
        }
        #expect(batches.map(\.batch) == [1, 2, 3, 4])
        #expect(batches.allSatisfy { $0.batches == 4 })
        // With weights that stay, the means over shuffled batches are the scores on all training rows.
        let evaluator = Evaluator(trainer.step.model, pool: ThreadPool(threads: 1))
        let scores = evaluator.evaluate(trainer.step.state, on: waves(rows: 60))
        #expect(abs(try #require(epoch).trainingLoss - scores.loss) < 1e-5)
        #expect(abs(try #require(epoch).trainingAccuracy - scores.accuracy) < 1e-12)
    }
}
