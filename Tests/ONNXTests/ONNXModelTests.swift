import Layers
import Memory
import Models
import StrictJSON
import Testing
import TimeSeries

@testable import ONNX

/// What an exported model says of itself; that it computes the same is checked by ONNX Runtime (InterchangeTests).
@Suite struct ONNXModelTests {
    private func checkpoint(_ layers: [any Layer], standardization: Standardization = .none) throws -> Checkpoint {
        let description = ModelDescription(name: "small", input: [4, 2], network: Sequential(layers))
        let model = try Model(description, maximumRows: 1)
        let state = ModelState(model)
        model.initialize(state, seed: 1)
        let details = Checkpoint.Details(
            format: WindowFormat(steps: 4, channels: ["x", "ü"], classes: ["sit", "stand"], rate: 50), epoch: 3, accuracy: 0.5,
            seed: 7,
            dataSource: "synthetic", dataHash: "abc")
        return Checkpoint(model: model, state: state, standardization: standardization, details: details)
    }

    private func proto(_ checkpoint: Checkpoint) throws -> Onnx_ModelProto {
        try Onnx_ModelProto(serializedBytes: try ONNXModel(checkpoint, weightsHash: "1234").encoded())
    }

    @Test func inputsAndOutputsHaveABatchOfAnySize() throws {
        let model = try proto(checkpoint([Flatten(), Dense(2)]))
        #expect(model.irVersion == 8 && model.opsetImport.map(\.version) == [17])
        #expect(model.producerName == "hartrain" && model.producerVersion == Program.version && model.graph.name == "small")
        func extents(_ info: Onnx_ValueInfoProto) -> [String] {
            info.type.tensorType.shape.dim.map { $0.dimParam.isEmpty ? "\($0.dimValue)" : $0.dimParam }
        }
        #expect(model.graph.input.map(\.name) == ["window"] && extents(model.graph.input[0]) == ["batch", "4", "2"])
        #expect(model.graph.output.map(\.name) == ["probabilities"] && extents(model.graph.output[0]) == ["batch", "2"])
    }

    @Test func metadataAreTheCheckpoints() throws {
        let checkpoint = try checkpoint([Flatten(), Dense(2)])
        let entries = Dictionary(uniqueKeysWithValues: try proto(checkpoint).metadataProps.map { ($0.key, $0.value) })
        #expect(entries["hartrain.classes"] == "[\"sit\",\"stand\"]")
        #expect(entries["hartrain.channels"] == "[\"x\",\"ü\"]")
        #expect(entries["hartrain.data_hash"] == "abc" && entries["hartrain.weights_sha256"] == "1234")
        #expect(entries["hartrain.model"] == JSON.object(checkpoint.description.json).serialized())
        #expect(entries["format"] == nil)
    }

    @Test func weightsHaveTheirNamesAndShapesOfFiles() throws {
        let layers: [any Layer] = [Conv1D(3, kernel: 2), ReLU(), Flatten(), Dense(2)]
        let checkpoint = try checkpoint(layers)
        let graph = try proto(checkpoint).graph
        #expect(graph.node.map(\.opType) == ["Transpose", "Conv", "Relu", "Flatten", "Gemm", "Softmax"])
        #expect(graph.node.last?.output == ["probabilities"])
        for parameter in checkpoint.model.parameters {
            let tensor = try #require(graph.initializer.first { $0.name == parameter.name })
            #expect(tensor.dims == parameter.fileShape.dimensions.map(Int64.init))
            let values = parameter.fileOrder(checkpoint.state.values(parameter).span)
            #expect([UInt8](tensor.rawData) == (unsafe values.withUnsafeBytes { unsafe Array($0) }))
        }
        #expect(graph.initializer.count == checkpoint.model.parameters.count)
    }

    @Test func standardisationIsInTheGraph() throws {
        let standardization = try Standardization(mean: [1, 2], std: [3, 4], window: [4, 2])
        let graph = try proto(checkpoint([Flatten(), Dense(2)], standardization: standardization)).graph
        #expect(graph.node.prefix(2).map(\.opType) == ["Sub", "Div"])
        #expect(graph.initializer.prefix(2).map(\.name) == ["standardize.mean", "standardize.std"])
    }

    @Test func theSameCheckpointGivesTheSameBytes() throws {
        let checkpoint = try checkpoint([LSTM(3), Dense(2)])
        let bytes = try ONNXModel(checkpoint, weightsHash: "1").encoded()
        #expect(try ONNXModel(checkpoint, weightsHash: "1").encoded() == bytes)
        #expect(try ONNXModel(checkpoint, weightsHash: "2").encoded() != bytes)
    }

    /// A layer of a user's own package.
    private struct Doubling: Activation {
        static let kind = "Doubling"
        static let defaultName = "doubling"
        var name: String
        init(name: String) { self.name = name }
        @_lifetime(y: copy y)
        static func apply(_ x: Span<Float>, _ y: inout MutableSpan<Float>) { for i in x.indices { y[i] = 2 * x[i] } }
        @_lifetime(dx: copy dx)
        static func applyGradient(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
            for i in dy.indices { dx[i] = 2 * dy[i] }
        }
    }

    @Test func aLayerWithoutAFormInONNXIsNamed() throws {
        let branches = Concatenate([Sequential([Flatten(), Doubling(name: "")])], name: "both")
        let checkpoint = try checkpoint([branches, Dense(2)])
        let error = try #require(throws: ONNXExportError.self) { try ONNXModel(checkpoint, weightsHash: "") }
        #expect(error.layer == "both.branch1.doubling")
        #expect("\(error)".hasPrefix("layer both.branch1.doubling: Doubling has no form in ONNX here"))
        #expect("\(error)".contains("use only Conv1D, MaxPool1D, "), "\(error)")
    }
}
