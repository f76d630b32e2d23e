import Layers
import Memory
import Platform
import Testing
import TimeSeries

@testable import Training

@Suite struct DivergenceTests {
    private func trainer(_ rate: Double, validation: WindowSet = waves(rows: 12, seed: 2)) throws -> Trainer {
        try Trainer(
            mixed, recipe: Recipe(epochs: 50, batch: 17, learningRate: rate), training: waves(rows: 40), validation: validation,
            pool: ThreadPool(threads: 2))
    }

    private func divergence(_ trainer: Trainer) -> Divergence? {
        #expect(throws: Divergence.self) { try trainer.fit { _ in .continue } }
    }

    @Test(arguments: [
        ("conv.weight", Float.nan, "conv"), ("norm.bias", .nan, "norm"), ("lstm.weight_hh_l1", .nan, "lstm"),
        ("dense.bias", -.infinity, "dense"), ("dense.weight", .nan, "dense"),
    ])
    func namesTheLayer(_ name: String, _ value: Float, _ layer: String) throws {
        let trainer = try trainer(1e-3)
        let parameter = try #require(trainer.step.model.parameters.first { $0.name == name })
        var values = trainer.step.state.values(parameter)
        values[0] = value
        trainer.step.state.set(parameter, to: values)
        let before = bits(trainer.step.state.weights)
        let found = divergence(trainer)
        #expect(found == Divergence(layer: layer, epoch: 1, batch: 1))
        #expect(found?.description.contains("the output of layer \(layer) is not finite in epoch 1, batch 1") == true)
        #expect(found?.description.contains("--") == false)
        // The step that found it has changed nothing.
        #expect(bits(trainer.step.state.weights) == before)
    }

    @Test func aHugeLearningRate() throws {
        let found = try #require(divergence(try trainer(1e38)))
        #expect(found.layer != nil)
        #expect(found.epoch * 3 + found.batch > 4, "the first step cannot diverge")
    }

    @Test func inAnEvaluation() throws {
        let validation = WindowSet(
            checked: Array(repeating: .nan, count: 24), labels: [0], groups: [],
            format: WindowFormat(steps: 8, channels: 3, classes: 3))
        #expect(divergence(try trainer(1e-3, validation: validation)) == Divergence(layer: "conv", epoch: 1, batch: 3))
    }

    /// A loss that is finite and far beyond what any weights come back from.
    @Test func aLossBeyondUse() throws {
        let plain = ModelDescription("plain", input: mixed.input) {
            Flatten()
            Dense(3)
        }
        let trainer = try Trainer(
            plain, recipe: Recipe(epochs: 2, batch: 17, learningRate: 1e9), training: waves(rows: 40),
            validation: waves(rows: 12, seed: 2), pool: ThreadPool(threads: 1))
        let found = try #require(divergence(trainer))
        #expect(found.layer == nil)
        #expect(found.loss ?? 0 > Divergence.largestLoss)
        #expect(found.description.hasPrefix("training diverged: the loss is "))
    }

    /// One window whose readings are too large is named, with the reading; the weights are not to blame.
    @Test func aWindowThatIsTooLarge() throws {
        let good = waves(rows: 12, seed: 2)
        var values = good.values
        let size = good.format.shape.count
        values[3 * size + 3 + 1] = .infinity
        let validation = WindowSet(checked: values, labels: good.labels, groups: good.groups, format: good.format)
        let trainer = try trainer(1e-3, validation: validation)
        let error = try #require(throws: WindowError.self) { try trainer.fit { _ in .continue } }
        #expect(
            error.message.hasPrefix(
                "validation window 4: the model gives no finite number for it, its reading inf (step 2, channel "))
        let part = try #require(throws: WindowError.self) {
            try trainer.evaluator.scores(trainer.step.state, on: validation[[0, 3, 5]], part: "test")
        }
        #expect(part.message.hasPrefix("test window 4: "))
        #expect(throws: TrainingError.self) { try trainer.evaluate(good[[]]) }
    }
}
