import Layers
import Memory

extension Dense: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value {
        let weight = graph.parameter("weight")
        if input.shape.rank == 2 {
            // For each step: ONNX multiplies the last dimension from the left, so the weight stands as in memory.
            let sequence = graph.arranged(input, as: .channelsLast)
            let transposed = graph.addFloats(
                weight.name + ".transposed", shape: weight.shape.dimensions, graph.memoryValues(weight))
            let product = graph.add("MatMul", [sequence.name, transposed], suffix: "product")
            let name = hasBias ? graph.add("Add", [product, graph.addParameter("bias")]) : product
            return Value(name: name, layout: .channelsLast, shape: output)
        }
        // A weight of three dimensions knows of the sequence that was flattened, and stands in files as PyTorch flattens it.
        let features = weight.shape.rank == 3 ? input : graph.arranged(input, as: .features)
        let inputs = [features.name, graph.addParameter("weight")] + (hasBias ? [graph.addParameter("bias")] : [])
        return Value(name: graph.add("Gemm", inputs, [.integer("transB", 1)]), layout: .features, shape: output)
    }
}
