import Kernels
import StrictJSON
import Tensors

/// Layers one behind the other; itself usable wherever a layer is.
public struct Sequential: Sendable {
    /// The layers, named.
    public private(set) var layers: [any Layer]
    /// What each bound layer gives, for one row.
    public private(set) var shapes: [Shape] = []

    /// The output of each layer but the last.
    private var outputs: [RowSlot] = []
    /// Gradients of outputs; layers use the two in turn.
    private var gradients: (RowSlot, RowSlot) = (.none, .none)

    /// Unnamed layers get the name of their kind, with a number where there are several ("conv1", "conv2", "dense").
    public init(_ layers: [any Layer]) {
        self.layers = Sequential.named(layers)
    }

    /// Layers written one below the other.
    public init(@LayerBuilder _ layers: () -> [any Layer]) {
        self.init(layers())
    }

    private static func named(_ layers: [any Layer]) -> [any Layer] {
        var result = layers
        var seen: [String: Int] = [:]
        for index in layers.indices where layers[index].name.isEmpty {
            let base = type(of: layers[index]).defaultName
            let several = layers.count { $0.name.isEmpty && type(of: $0).defaultName == base } > 1
            seen[base, default: 0] += 1
            result[index].name = several ? "\(base)\(seen[base, default: 1])" : base
        }
        return result
    }

    /// Binds all layers, each to the output of the one before.
    /// - Returns: The shape of the last one's output.
    /// - Throws: A `ModelError` that names the layer which does not fit, or two layers of one name.
    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        try plan.require(!layers.isEmpty) { "a sequence needs at least one layer" }
        var names: Set<String> = []
        var shape = input
        var widest = 0
        shapes = []
        outputs = []
        for index in layers.indices {
            var layer = layers[index]
            try plan.require(names.insert(layer.name).inserted) { "two layers have the name \"\(layer.name)\"" }
            let before = shape
            shape = try plan.inside(layer.name) { plan throws(ModelError) in
                let unbound = plan
                let output = try layer.bind(&plan, input: before)
                try plan.requireFitting(output, "the output")
                plan.summarize(kind: type(of: layer).kind, output: output, since: unbound)
                return output
            }
            if !layer.isElementwise, !(layer is Flatten) { plan.flattened = nil }
            layers[index] = layer
            shapes.append(shape)
            if index < layers.count - 1 {
                outputs.append(plan.activation(perRow: shape.count))
                widest = max(widest, shape.count)
            }
        }
        gradients = (plan.activation(perRow: widest), plan.activation(perRow: widest))
        return shape
    }

    /// Sets the values of all layers, in order.
    public func initialize(_ state: ModelState, using random: inout Random) {
        for layer in layers { layer.initialize(state, using: &random) }
    }

    /// Computes y [rows, output] from x [rows, input].
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let last = layers.count - 1
        guard last > 0 else {
            layers[0].forward(pass, x, &y)
            return
        }
        var first = pass.write(outputs[0])
        layers[0].forward(pass, x, &first)
        for index in 1..<last {
            var output = pass.write(outputs[index])
            layers[index].forward(pass, pass.read(outputs[index - 1]), &output)
        }
        layers[last].forward(pass, pass.read(outputs[last - 1]), &y)
    }

    /// Computes dx from dy and adds the gradients of all weights, after `forward`. An empty dx is not wanted.
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let last = layers.count - 1
        guard last > 0 else {
            layers[0].backward(pass, x: x, y: y, dy: dy, dx: &dx)
            return
        }
        var dLast = pass.write(gradient(of: last - 1))
        layers[last].backward(pass, x: pass.read(outputs[last - 1]), y: y, dy: dy, dx: &dLast)
        for index in (1..<last).reversed() {
            var dInput = pass.write(gradient(of: index - 1))
            layers[index].backward(
                pass, x: pass.read(outputs[index - 1]), y: pass.read(outputs[index]), dy: pass.read(gradient(of: index)),
                dx: &dInput)
        }
        layers[0].backward(pass, x: x, y: pass.read(outputs[0]), dy: pass.read(gradient(of: 0)), dx: &dx)
    }

    /// Where the gradient of a layer's output stands.
    private func gradient(of index: Int) -> RowSlot {
        let slot = index.isMultiple(of: 2) ? gradients.0 : gradients.1
        return RowSlot(slot: slot.slot, perRow: shapes[index].count)
    }

    /// The first layer whose output in this pass has a value that is not finite, after `forward`.
    public func firstNonFiniteLayer(_ pass: Pass, _ y: Span<Float>) -> String? {
        for index in outputs.indices where !allFinite(pass.read(outputs[index])) { return layers[index].name }
        return allFinite(y) ? nil : layers[layers.count - 1].name
    }
}

/// Lets a sequence be written as a list of layers.
@resultBuilder
public enum LayerBuilder {
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
}
