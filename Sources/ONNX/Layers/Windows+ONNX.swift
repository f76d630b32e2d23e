import Kernels
import Layers
import Memory

extension Conv1D: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value {
        let sequence = graph.arranged(input, as: .channelsFirst)
        let inputs = [sequence.name, graph.addParameter("weight")] + (hasBias ? [graph.addParameter("bias")] : [])
        return Value(name: graph.add("Conv", inputs, geometry.attributes), layout: .channelsFirst, shape: output)
    }
}

extension MaxPool1D: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value {
        graph.addPool("MaxPool", input, placement, output: output)
    }
}

extension AveragePool1D: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value {
        // What is padded does not count by default, as here.
        let counts: [GraphBuilder.Attribute] = countsPadding ? [.integer("count_include_pad", 1)] : []
        return graph.addPool("AveragePool", input, placement, counts, output: output)
    }
}

extension GlobalAveragePool1D: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value {
        let sequence = graph.arranged(input, as: .channelsFirst)
        let means = graph.add("GlobalAveragePool", [sequence.name], suffix: "mean")
        return Value(name: graph.add("Flatten", [means], [.integer("axis", 1)]), layout: .features, shape: output)
    }
}

extension GraphBuilder {
    fileprivate mutating func addPool(
        _ operation: String, _ input: Value, _ placement: PoolPlacement, _ attributes: [Attribute] = [], output: Shape
    ) -> Value {
        let sequence = arranged(input, as: .channelsFirst)
        let name = add(operation, [sequence.name], placement.geometry.attributes + attributes)
        return Value(name: name, layout: .channelsFirst, shape: output)
    }
}

extension WindowGeometry {
    /// The geometry as attributes of ONNX's convolutions and pools.
    fileprivate var attributes: [GraphBuilder.Attribute] {
        var attributes: [GraphBuilder.Attribute] = [
            .integers("kernel_shape", [kernel]), .integers("strides", [stride]), .integers("pads", [leading, trailing]),
        ]
        // Pools of this version of ONNX have none.
        if dilation > 1 { attributes.append(.integers("dilations", [dilation])) }
        return attributes
    }
}
