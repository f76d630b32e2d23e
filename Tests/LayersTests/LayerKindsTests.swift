import Kernels
import StrictJSON
import Testing

@testable import Layers

@Suite struct LayerKindsTests {
    /// A model file, or its error's text.
    private func read(_ text: String) throws -> ModelDescription {
        var fields = try JSONFields(try JSON.parse(text), context: "model")
        let description = try ModelDescription(fields: &fields)
        try fields.finish()
        return description
    }

    private func file(_ layers: String) -> String {
        #"{"name": "tiny", "input": {"steps": 128, "channels": 9}, "layers": \#(layers)}"#
    }

    @Test func aModelFileComesBackAsItWas() throws {
        let text = file(
            #"[{"layer": "Conv1D", "filters": 4, "kernel": 2}, {"layer": "Concatenate", "branches": [[{"layer": "ReLU"}], [{"layer": "Tanh", "name": "t"}]]}, {"layer": "LSTM", "units": 3}]"#
        )
        let description = try read(text)
        #expect(description.name == "tiny")
        #expect(description.input == [128, 9])
        #expect(description.network.layers.map(\.name) == ["conv", "concatenate", "lstm"])
        let again = try read(JSON.object(description.json).serialized())
        #expect(again.json == description.json)
    }

    @Test(arguments: [
        (#"[{"layer": "Conv2D"}]"#, "layer 1: 'layer' must be one of Conv1D, "),
        (#"[{"layer": "ReLU"}, {"layer": "Conv1D", "kernel": 2}]"#, "layer 2 (Conv1D): 'filters' is missing"),
        (#"[{"layer": "Conv1D", "filters": 1, "kernel": 2, "strides": 2}]"#, "layer 1 (Conv1D): unknown field 'strides'"),
        (#"[{"layer": "Conv1D", "filters": 0, "kernel": 2}]"#, "'filters' must be a whole number of 1 to 65536, found 0"),
        (#"[{"layer": "Conv1D", "filters": 1, "kernel": 2, "padding": "full"}]"#, #"'padding' must be "valid", "same", a"#),
        (
            #"[{"layer": "Conv1D", "filters": 1, "kernel": 2, "padding": [1]}]"#,
            "a pair [before, after], each 0 to 65536, found [1]"
        ),
        (#"[{"layer": "MaxPool1D", "size": 2, "padding": -1}]"#, "each 0 to 65536, found -1"),
        (#"[{"layer": "MaxPool1D", "size": 2, "padding": [1, 0.5]}]"#, "each 0 to 65536, found [1,0.5]"),
        (#"[{"layer": "MaxPool1D", "size": 2, "count_padding": true}]"#, "unknown field 'count_padding'"),
        (#"[{"layer": "LSTM", "units": 2, "bias": 0}]"#, "'bias' must be true or false, found 0"),
        (#"[{"layer": "Dense", "units": 1.5}]"#, "layer 1 (Dense): 'units' must be a whole number"),
        (#"[{"layer": "Dense", "units": 2, "name": "a..b"}]"#, "'name' must be at most 64 letters"),
        (
            #"[{"layer": "Concatenate", "branches": [[{"layer": "ReLU"}], [{"layer": "X"}]]}]"#,
            "layer 1 (Concatenate), branch 2, layer 1"
        ),
        (#"{"layer": "ReLU"}"#, "must be a list of layers"),
        ("[3]", "layer 1"),
    ])
    func errorsNameTheLayerAndTheField(_ layers: String, _ expected: String) {
        let error = #expect(throws: JSONFieldError.self) { try read(file(layers)) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    /// Numbers and pairs where PyTorch pads; what older files say is written as they said it.
    @Test func paddingAndBiasAreWrittenAsTheyAreRead() throws {
        for (text, padding) in [
            ("\"valid\"", Padding.valid), ("\"same\"", .same), ("1", .symmetric(1)), ("[2, 0]", .steps(before: 2, after: 0)),
            ("[3, 3]", .symmetric(3)), ("0", .symmetric(0)),
        ] {
            let read = try read(file(#"[{"layer": "Conv1D", "filters": 1, "kernel": 2, "padding": \#(text), "bias": false}]"#))
            let convolution = try #require(read.network.layers.first as? Conv1D)
            #expect(convolution.padding == padding && !convolution.hasBias)
            #expect(convolution.fields["padding"] == (try JSON.parse(text == "[3, 3]" ? "3" : text)))
            #expect(convolution.fields["bias"] == false)
        }
        for layer in [Conv1D(1, kernel: 1), Dense(1), LSTM(1), AveragePool1D(2)] as [any Layer] {
            #expect(!layer.fields.keys.contains("bias") && !layer.fields.keys.contains("count_padding"))
        }
    }

    @Test(arguments: ["", "-cnn", ".hidden", "a/b", "a b", "näme", String(repeating: "x", count: 65)])
    func namesThatCannotBeFolders(_ name: String) {
        #expect(!ModelDescription.isName(name))
    }

    @Test func namesThatCan() {
        for name in ["cnn", "cnn-lstm", "3.layers_v2", String(repeating: "x", count: 64)] {
            #expect(ModelDescription.isName(name))
        }
    }

    /// A few kilobytes of text must not keep the program busy for minutes.
    @Test func tooManyLayersOrTooDeep() throws {
        let layer = #"{"layer": "ReLU"}"#
        func nested(_ depth: Int) -> String {
            String(repeating: #"[{"layer": "Concatenate", "branches": ["#, count: depth) + "[\(layer)]"
                + String(repeating: "]}]", count: depth)
        }
        func list(_ count: Int) -> String { "[" + Array(repeating: layer, count: count).joined(separator: ", ") + "]" }
        #expect(try read(file(nested(8))).network.layers.count == 1)
        #expect(try read(file(list(1000))).network.layers.count == 1000)
        #expect { _ = try read(file(nested(9))) } throws: { "\($0)".contains("more than 8 deep") }
        #expect { _ = try read(file(list(1001))) } throws: { "\($0)".contains("1001 layers, the most are 1000") }
    }
}
