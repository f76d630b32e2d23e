import Layers
import Memory

extension LSTM: ONNXLayer {
    func export(_ input: Value, output shape: Shape, to graph: inout GraphBuilder) -> Value {
        var sequence = graph.arranged(input, as: .timeMajor).name
        for index in 0..<layers {
            let isLast = index == layers - 1
            let inputs = [sequence] + graph.addWeights(ofLSTM: index, units: units, hasBias: hasBias)
            let hiddenSize = GraphBuilder.Attribute.integer("hidden_size", units)
            if isLast, output == .last {
                // The second output: the last step's, [1, batch, units].
                let hidden = graph.add("LSTM", inputs, [hiddenSize], suffix: "l\(index)", skippingOutputs: 1)
                let axis = graph.addIntegers("\(graph.layerName).direction", [0])
                return Value(name: graph.add("Squeeze", [hidden, axis]), layout: .features, shape: shape)
            }
            // All steps: [steps, 1, batch, units].
            let all = graph.add("LSTM", inputs, [hiddenSize], suffix: "l\(index)")
            let axis = graph.addIntegers("\(graph.layerName).l\(index).direction", [1])
            sequence = graph.add("Squeeze", [all, axis], suffix: isLast ? "" : "l\(index).steps")
        }
        return Value(name: sequence, layout: .timeMajor, shape: shape)
    }
}

extension GraphBuilder {
    /// Adds the weights of one stacked layer as ONNX's LSTM takes them, a direction before the other dimensions.
    /// - Returns: The names of W [1, 4 units, inputs], R [1, 4 units, units] and, where there is a bias, B [1, 8 units], gates in the
    ///   order i, o, f, c.
    fileprivate mutating func addWeights(ofLSTM index: Int, units: Int, hasBias: Bool) -> [String] {
        let names = ["weight_ih_l\(index)", "weight_hh_l\(index)"].map { name in
            let parameter = parameter(name)
            let values = GraphBuilder.gatesReordered(fileValues(parameter))
            return addFloats(parameter.name + ".iofc", shape: [1] + parameter.fileShape.dimensions, values)
        }
        guard hasBias else { return names }
        let bias = parameter("bias_ih_l\(index)")
        // The second half is the recurrent bias; it only ever acts as a part of the sum.
        let values = GraphBuilder.gatesReordered(fileValues(bias)) + [Float](repeating: 0, count: 4 * units)
        return names + [addFloats("\(layerName).bias_l\(index).iofc", shape: [1, 8 * units], values)]
    }

    /// Four blocks in the order i, f, g, o as i, o, f, g, which ONNX calls c.
    private static func gatesReordered(_ values: [Float]) -> [Float] {
        let block = values.count / 4
        return [0, 3, 1, 2].flatMap { values[$0 * block..<($0 + 1) * block] }
    }
}
