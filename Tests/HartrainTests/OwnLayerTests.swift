import Hartrain
import HartrainTesting
import Platform
import Testing

/// A layer from outside: checked, trained, saved, read back.
@Suite struct OwnLayerTests {
    @Test func aRightGradientPasses() throws {
        try checkGradients(of: [Scale()], input: [5, 3])
        try checkGradients(of: [Dense(4), Scale(), Tanh()], input: [5, 3])
    }

    @Test func aWrongGradientIsNamed() throws {
        let error = try #require(throws: GradientCheckError.self) {
            try checkGradients(of: [Scale(mistake: 1.01)], input: [5, 3])
        }
        #expect(error.mismatches.count == 3)
        #expect(error.mismatches.allSatisfy { $0.hasPrefix("scale.weight[") })
        #expect(error.description.split(separator: "\n").count == 3)
    }

    /// A layer that sets its gradient learns from the last pass of a batch only.
    @Test func aBackwardThatDoesNotAddIsNamed() throws {
        let error = try #require(throws: GradientCheckError.self) {
            try checkGradients(of: [Scale(adds: false)], input: [5, 3])
        }
        #expect(error.mismatches == ["scale.weight: backward must add to the gradient that is there"])
    }

    @Test func kinksAreLeftOutWhereSaid() throws {
        try checkGradients(of: [ReLU()], input: [9, 4], hasKinks: true)
    }

    @Test func aCheckpointWithAnOwnLayerReadsBack() throws {
        let windows = try Gestures.windows(people: 0..<2)
        let model = ModelDescription("scaled", input: windows.format.shape) {
            Scale()
            Flatten()
            Dense(3)
        }
        let recipe = Recipe(epochs: 3, batch: 8, learningRate: 0.01)
        let trainer = try Trainer(model, recipe: recipe, training: windows, validation: windows, threads: 1)
        try trainer.fit { _ in .continue }
        try withTemporaryFolder { folder in
            let path = folder + "/scaled.safetensors"
            try trainer.best.write(to: path)
            let again = try Checkpoint(reading: path, kinds: .standard.adding(Scale.self))
            let gains = try #require(again["scale.weight"])
            #expect(gains.shape == [5])
            #expect(gains.values == trainer.best["scale.weight"]?.values)
            #expect(gains.values.contains { $0 != 1 })
            let error = try #require(throws: ModelFileError.self) { try Checkpoint(reading: path) }
            #expect(error.reason.contains("'layer' must be one of Conv1D, "))
        }
    }

    /// A kind that is added twice, or under a name that is taken, is the last one.
    @Test func kindsAreAValue() {
        let kinds = LayerKinds.standard.adding(Scale.self).adding(Scale.self)
        #expect(kinds.names == LayerKinds.standard.names + ["Scale"])
        #expect(!LayerKinds.standard.names.contains("Scale"))
    }
}
