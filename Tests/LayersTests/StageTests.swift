import HAR
import Kernels
import Layers
import Tensors
import Testing

/// A model computed stage by stage is the model.
@Suite struct StageTests {
    /// Logits and gradients of a few rows, with `run` for the two calls.
    private func results(
        _ model: Model, forward: (Pass) -> Void, backward: (Pass) -> Void
    ) -> (logits: [Float], gradients: [Float]) {
        let state = ModelState(model)
        model.initialize(state, seed: 3)
        let weights = PackedWeights(model, state: state, forTraining: true)
        let pass = Pass(rows: 3, mode: .training, dropoutKey: 5, weights: weights, lane: Lane(model, training: true))
        var random = Random(seed: 4, stream: .synthesis)
        var x = model.input(pass)
        for i in x.indices { x[i] = Float(random.uniform(-1, 1)) }
        forward(pass)
        var dLogits = model.dLogits(pass)
        for i in dLogits.indices { dLogits[i] = Float(random.uniform(-1, 1)) }
        backward(pass)
        let (logits, gradients) = (model.logits(pass), pass.lane.gradients)
        let sums = gradients.read(gradients.all)
        return (logits.indices.map { logits[$0] }, sums.indices.map { sums[$0] })
    }

    @Test(arguments: StudyModel.allCases) func stagesOneByOneGiveTheSameBits(_ study: StudyModel) throws {
        let model = try Model(study.description, maximumRows: 3)
        let whole = results(model, forward: model.forward, backward: model.backward)
        let parts = results(
            model, forward: { pass in for stage in model.stages { model.forward(stage, pass) } },
            backward: { pass in for stage in model.stages.reversed() { model.backward(stage, pass) } })
        #expect(whole.logits == parts.logits && whole.gradients == parts.gradients)
        #expect(whole.logits.contains { $0 != 0 } && whole.gradients.contains { $0 != 0 })
    }
}
