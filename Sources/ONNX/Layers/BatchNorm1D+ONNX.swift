import Layers
import Memory

extension BatchNorm1D: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value {
        // ONNX's channels are the second dimension, whatever follows; parameters behind a Flatten stand as it flattens.
        let value = input.shape.rank == 2 ? graph.arranged(input, as: .channelsFirst) : input
        let parameters = ["weight", "bias", "running_mean", "running_var"].map { graph.addParameter($0) }
        let name = graph.add("BatchNormalization", [value.name] + parameters, [.float("epsilon", Float(epsilon))])
        return Value(name: name, layout: value.layout, shape: output)
    }
}
