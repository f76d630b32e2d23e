import Layers
import Memory

/// A layer that can be written as nodes of ONNX.
protocol ONNXLayer: Layer {
    /// Adds the layer's nodes to a graph.
    /// - Parameter output: The shape of the layer's output for one row.
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) throws(ONNXExportError) -> Value
}

extension Sequential {
    /// Adds the nodes of all layers.
    func export(_ input: Value, to graph: inout GraphBuilder) throws(ONNXExportError) -> Value {
        var value = input
        for (layer, shape) in zip(layers, shapes) {
            value = try graph.inside(layer.name) { (graph) throws(ONNXExportError) in
                guard let exportable = layer as? any ONNXLayer else {
                    throw ONNXExportError(
                        layer: graph.layerName,
                        reason: "\(type(of: layer).kind) has no form in ONNX here: use only "
                            + LayerKinds.standard.names.joined(separator: ", "))
                }
                return try exportable.export(value, output: shape, to: &graph)
            }
        }
        return value
    }
}
