import Layers
import Memory

/// Collects the nodes and initialisers of a graph while the layers of a model are walked through.
struct GraphBuilder {
    private(set) var nodes: [Onnx_NodeProto] = []
    private(set) var initializers: [Onnx_TensorProto] = []
    /// The names of the layers that are being exported, one in the other.
    private var path: [String] = []
    private var names: Set<String>
    private let parameters: [String: Parameter]
    private let state: ModelState

    /// - Parameter reserved: Names that the graph's inputs and outputs have.
    init(_ model: Model, state: ModelState, reserved: Set<String>) {
        parameters = Dictionary(model.parameters.map { ($0.name, $0) }) { first, _ in first }
        self.state = state
        names = reserved
    }

    /// The name of the layer that is being exported: "branch2.conv1".
    var layerName: String { path.joined(separator: ".") }

    /// Exports within a layer's name.
    mutating func inside<Result>(
        _ name: String, _ body: (inout GraphBuilder) throws(ONNXExportError) -> Result
    ) throws(ONNXExportError) -> Result {
        path.append(name)
        defer { path.removeLast() }
        return try body(&self)
    }

    /// A parameter of the layer that is being exported.
    func parameter(_ name: String) -> Parameter {
        guard let parameter = parameters["\(layerName).\(name)"] else {
            preconditionFailure("\(layerName) has no parameter \(name): the layer and its export do not fit")
        }
        return parameter
    }

    /// A parameter's values in the order of our files, which is PyTorch's.
    func fileValues(_ parameter: Parameter) -> [Float] { parameter.fileOrder(state.read(parameter)) }

    /// A parameter's values in the order of our memory, which is Keras's.
    func memoryValues(_ parameter: Parameter) -> [Float] { state.values(parameter) }

    /// Adds a parameter as our files have it, under its own name.
    mutating func addParameter(_ name: String) -> String {
        let parameter = parameter(name)
        return addFloats(parameter.name, shape: parameter.fileShape.dimensions, fileValues(parameter))
    }

    /// Adds a constant.
    /// - Returns: Its name in the graph.
    mutating func addFloats(_ name: String, shape: [Int], _ values: [Float]) -> String {
        add(name, shape: shape, .float, unsafe values.withUnsafeBytes { unsafe Array($0) })
    }

    /// Adds whole numbers that an operation takes as an input.
    mutating func addIntegers(_ name: String, _ values: [Int]) -> String {
        let wide = values.map(Int64.init)
        return add(name, shape: [values.count], .int64, unsafe wide.withUnsafeBytes { unsafe Array($0) })
    }

    private mutating func add(_ name: String, shape: [Int], _ type: Onnx_TensorProto.DataType, _ bytes: [UInt8]) -> String {
        var tensor = Onnx_TensorProto()
        tensor.name = unique(name)
        tensor.dims = shape.map(Int64.init)
        tensor.dataType = Int32(type.rawValue)
        tensor.rawData = .init(bytes)
        initializers.append(tensor)
        return tensor.name
    }

    /// An attribute of a node.
    enum Attribute {
        case integer(String, Int)
        case integers(String, [Int])
        case float(String, Float)
    }

    /// Adds a node.
    /// - Parameters:
    ///   - suffix: What tells it from the layer's other nodes.
    ///   - outputs: How many outputs the operation has before the one that is wanted.
    ///   - output: The name that its output must have, where it must have one.
    /// - Returns: The name of its output.
    mutating func add(
        _ operation: String, _ inputs: [String], _ attributes: [Attribute] = [], suffix: String = "", skippingOutputs: Int = 0,
        output: String? = nil
    ) -> String {
        let base = [layerName, suffix].filter { !$0.isEmpty }.joined(separator: ".")
        var node = Onnx_NodeProto()
        node.opType = operation
        node.input = inputs
        let name = output ?? unique(base.isEmpty ? operation.lowercased() : base)
        node.name = name
        node.output = Array(repeating: "", count: skippingOutputs) + [name]
        node.attribute = attributes.map(GraphBuilder.proto)
        nodes.append(node)
        return name
    }

    private static func proto(_ attribute: Attribute) -> Onnx_AttributeProto {
        var proto = Onnx_AttributeProto()
        switch attribute {
        case .integer(let name, let value):
            (proto.name, proto.type, proto.i) = (name, .int, Int64(value))
        case .integers(let name, let values):
            (proto.name, proto.type, proto.ints) = (name, .ints, values.map(Int64.init))
        case .float(let name, let value):
            (proto.name, proto.type, proto.f) = (name, .float, value)
        }
        return proto
    }

    /// The value in a layout, transposed where it stands in another.
    mutating func arranged(_ value: Value, as layout: Value.Layout) -> Value {
        if value.layout == layout { return value }
        if case .flattened(let shape) = value.layout {
            // Back to [batch, channels, steps], where 0 keeps the batch, and flattened again with the steps first.
            let extents = addIntegers("\(value.name).shape", [0, shape[1], shape[0]])
            let sequence = add("Reshape", [value.name, extents], suffix: "unflattened")
            let transposed = add("Transpose", [sequence], [.integers("perm", [0, 2, 1])], suffix: "transposed")
            let name = add("Flatten", [transposed], [.integer("axis", 1)], suffix: "features")
            return Value(name: name, layout: .features, shape: value.shape)
        }
        guard let from = value.layout.axes, let to = layout.axes else {
            preconditionFailure("\(layerName): \(value.layout) cannot become \(layout)")
        }
        let permutation = to.map { axis in Array(from).firstIndex(of: axis) ?? 0 }
        let name = add("Transpose", [value.name], [.integers("perm", permutation)], suffix: "transposed")
        return Value(name: name, layout: layout, shape: value.shape)
    }

    private mutating func unique(_ name: String) -> String {
        var candidate = name
        var number = 1
        while !names.insert(candidate).inserted {
            number += 1
            candidate = "\(name).\(number)"
        }
        return candidate
    }
}
