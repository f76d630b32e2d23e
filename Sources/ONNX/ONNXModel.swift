import Layers
import Memory
import Models
import SwiftProtobuf
import TimeSeries

/// A trained model as ONNX (opset 17), ready for ONNX Runtime and others: raw windows in, probabilities out.
///
/// Its input is `window` [batch, steps, channels] in the units of the data, its output `probabilities` [batch, classes], the batch of any
/// size; standardisation and softmax are nodes of the graph. Where ONNX has them as our files do, weights have the same names, shapes
/// and values. The metadata are the checkpoint's, with the SHA-256 of its file as "hartrain.weights_sha256".
public struct ONNXModel {
    /// The name of the input.
    public static let inputName = "window"
    /// The name of the output.
    public static let outputName = "probabilities"

    /// The format's version, and the latest operators of that time: what runtimes since 2022 read.
    private static let formatVersion: Int64 = 8
    private static let operatorVersion: Int64 = 17

    private let proto: Onnx_ModelProto

    /// Translates a checkpoint.
    /// - Parameter weightsHash: The SHA-256 of the checkpoint's file, 64 hexadecimal digits.
    /// - Throws: An `ONNXExportError` that names the layer which has no form in ONNX.
    public init(_ checkpoint: Checkpoint, weightsHash: String) throws(ONNXExportError) {
        var proto = Onnx_ModelProto()
        proto.irVersion = ONNXModel.formatVersion
        proto.producerName = Program.name
        proto.producerVersion = checkpoint.details.version
        var operators = Onnx_OperatorSetIdProto()
        operators.version = ONNXModel.operatorVersion
        proto.opsetImport = [operators]
        proto.graph = try ONNXModel.graph(checkpoint)
        var metadata = checkpoint.metadata
        metadata.set("hartrain.weights_sha256", weightsHash)
        // What "format" says is said of safetensors only.
        proto.metadataProps = metadata.members.filter { $0.key != Checkpoint.formatKey }.map { member in
            var entry = Onnx_StringStringEntryProto()
            entry.key = member.key
            entry.value = member.value
            return entry
        }
        self.proto = proto
    }

    /// The bytes of the file: the same checkpoint gives the same bytes.
    /// - Throws: An `ONNXExportError` where the model is larger than the format allows, 2 GiB.
    public func encoded() throws(ONNXExportError) -> [UInt8] {
        do {
            return try proto.serializedBytes()
        } catch {
            throw ONNXExportError(layer: "", reason: "the model cannot be written as ONNX: \(error)")
        }
    }

    private static func graph(_ checkpoint: Checkpoint) throws(ONNXExportError) -> Onnx_GraphProto {
        let model = checkpoint.model
        var builder = GraphBuilder(model, state: checkpoint.state, reserved: [inputName, outputName])
        let window = Value(name: inputName, layout: .channelsLast, shape: model.description.input)
        let input = standardized(window, checkpoint.standardization, in: &builder)
        let output = try model.network.export(input, to: &builder)
        let logits = builder.arranged(output, as: .features)
        _ = builder.add("Softmax", [logits.name], [.integer("axis", 1)], output: outputName)

        var graph = Onnx_GraphProto()
        graph.name = model.description.name
        graph.node = builder.nodes
        graph.initializer = builder.initializers
        graph.input = [description(of: inputName, shape: model.description.input)]
        graph.output = [description(of: outputName, shape: [model.classes])]
        return graph
    }

    private static func standardized(_ window: Value, _ standardization: Standardization, in graph: inout GraphBuilder) -> Value {
        guard standardization.kind != .none else { return window }
        let shape = standardization.kind.shape(window: window.shape).dimensions
        let mean = graph.addFloats(Checkpoint.meanName, shape: shape, standardization.mean)
        let std = graph.addFloats(Checkpoint.stdName, shape: shape, standardization.std)
        let centred = graph.add("Sub", [window.name, mean], suffix: "standardize.centred")
        let name = graph.add("Div", [centred, std], suffix: "standardize")
        return Value(name: name, layout: window.layout, shape: window.shape)
    }

    /// A graph's input or output of 32-bit floats: [batch, ...].
    private static func description(of name: String, shape: Shape) -> Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        info.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
        var batch = Onnx_TensorShapeProto.Dimension()
        batch.dimParam = "batch"
        info.type.tensorType.shape.dim =
            [batch]
            + shape.dimensions.map { extent in
                var dimension = Onnx_TensorShapeProto.Dimension()
                dimension.dimValue = Int64(extent)
                return dimension
            }
        return info
    }
}
