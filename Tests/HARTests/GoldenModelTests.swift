import Golden
import HAR
import HartrainTesting
import Layers
import Models
import Testing

/// The study's models with the weights of the obvious PyTorch modules: loaded by name, they must give the same logits.
@Suite struct GoldenModelTests {
    @Test(arguments: StudyModel.allCases)
    func givesTheLogitsOfPyTorch(_ study: StudyModel) throws {
        let golden = try Golden("Models/\(study.rawValue)")
        let description = study.description
        let model = try Model(description, maximumRows: 3)
        let state = ModelState(model)
        try golden.file.load(into: state, of: model, prefix: "model.", besides: ["x", "logits"])

        let bench = try LayerBench(description.network.layers, input: description.input, rows: 3)
        bench.state.copy(from: state)
        let logits = bench.forward(try golden.rows("x"), mode: .inference)
        #expect(relativeDifference(logits, try golden.rows("logits")) <= 2e-6)
    }
}
