import Layers
import Memory

extension ReLU: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value { graph.addElementwise("Relu", input) }
}

extension Tanh: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value { graph.addElementwise("Tanh", input) }
}

extension Sigmoid: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value { graph.addElementwise("Sigmoid", input) }
}

extension Dropout: ONNXLayer {
    /// Nothing is dropped in a prediction.
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value { input }
}

extension GraphBuilder {
    /// Values keep their places, wherever these are.
    fileprivate mutating func addElementwise(_ operation: String, _ input: Value) -> Value {
        Value(name: add(operation, [input.name]), layout: input.layout, shape: input.shape)
    }
}
