import Layers
import SmallModel
import Testing

@testable import Models

@Suite struct KerasArraysTests {
    @Test func parametersHaveKerassNames() throws {
        let text = """
            {"name": "k", "input": {"steps": 6, "channels": 2}, "layers": [
              {"layer": "Conv1D", "filters": 3, "kernel": 2}, {"layer": "BatchNorm1D"},
              {"layer": "LSTM", "units": 4, "layers": 2, "output": "sequence"},
              {"layer": "Concatenate", "branches": [[{"layer": "Dense", "units": 5}]]}, {"layer": "Flatten"},
              {"layer": "Dense", "units": 3}]}
            """
        let items = KerasArrays(try Model(try SmallModel.description(text), maximumRows: 1)).items
        #expect(
            items.map { "\($0.name) \($0.shape)" } == [
                "conv/kernel [2, 2, 3]", "conv/bias [3]", "norm/gamma [3]", "norm/beta [3]", "norm/moving_mean [3]",
                "norm/moving_variance [3]", "lstm_l0/kernel [3, 16]", "lstm_l0/recurrent_kernel [4, 16]", "lstm_l0/bias [16]",
                "lstm_l1/kernel [4, 16]", "lstm_l1/recurrent_kernel [4, 16]", "lstm_l1/bias [16]",
                "concatenate.branch1.dense/kernel [4, 5]", "concatenate.branch1.dense/bias [5]", "dense/kernel [25, 3]",
                "dense/bias [3]",
            ])
    }
}
