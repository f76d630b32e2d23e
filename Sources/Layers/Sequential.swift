import Kernels
import Memory
import StrictJSON

/// Layers one after the other.
public struct Sequential: Sendable {
    /// The layers, named.
    public private(set) var layers: [any Layer]
    /// What each bound layer gives, for one row.
    public private(set) var shapes: [Shape] = []

    /// What runs, each with where its output stands; the last one's output is the caller's.
    private var stages: [Stage] = []
    /// Gradients of outputs; layers use the two in turn.
    private var gradients: (RowSlot, RowSlot) = (.none, .none)

    private struct Stage {
        let layer: any BoundLayer
        /// The layers that it stands for.
        let layers: Range<Int>
        let output: RowSlot
    }

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
        shapes = []
        for index in layers.indices {
            var layer = layers[index]
            try plan.require(LayerKinds.isName(layer.name)) {
                "the name '\(JSON.excerpt(of: layer.name))' cannot stand in a file: use 1 to 64 letters, digits, '_' and '-', with "
                    + "single dots between them"
            }
            try plan.require(names.insert(layer.name).inserted) { "two layers have the name \"\(layer.name)\"" }
            // Of "a" and "a.b" the tensors could have the same names.
            let outer = layers.first { layer.name.hasPrefix($0.name + ".") }
            try plan.require(outer == nil) {
                "the name \"\(layer.name)\" begins with that of another layer, \"\(outer?.name ?? "")\", and a dot: rename one of them"
            }
            let before = shape
            shape = try plan.inside(layer.name) { plan throws(ModelError) in
                let unbound = plan.mark
                let output = try layer.bind(&plan, input: before)
                try plan.requireFitting(output, "the output")
                plan.summarize(kind: type(of: layer).kind, output: output, since: unbound)
                return output
            }
            if !layer.isElementwise, !(layer is Flatten) { plan.flattened = nil }
            layers[index] = layer
            shapes.append(shape)
        }
        stages = []
        var first = 0
        while first < layers.count {
            let fused = ConvReLUMaxPool(layers[first...], &plan)
            let end = first + (fused == nil ? 1 : ConvReLUMaxPool.layerCount)
            // The last stage writes to the caller's memory, so it runs whatever it is.
            if fused == nil, layers[first].isIdentity, end < layers.count {
                first = end
                continue
            }
            let output = end < layers.count ? plan.activation(perRow: shapes[end - 1].count) : .none
            stages.append(Stage(layer: fused ?? layers[first], layers: first..<end, output: output))
            first = end
        }
        let widest = stages.map(\.output.perRow).max() ?? 0
        gradients = (plan.activation(perRow: widest), plan.activation(perRow: widest))
        return shape
    }

    /// Sets the values of all layers, in order.
    func initialize(_ values: inout InitialValues) {
        for layer in layers { layer.initialize(&values) }
    }

    /// Brings the weights of all layers into the order in which their kernels read them.
    public func pack(into packed: PackedWeights) {
        for stage in stages { stage.layer.pack(into: packed) }
    }

    /// Computes y [rows, output] from x [rows, input].
    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        for index in stages.indices { forward(stage: index, pass, x, &y) }
    }

    /// One stage of `forward`: those before it have run in the same pass.
    @_lifetime(y: copy y)
    func forward(stage index: Int, _ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let input = index == 0 ? x : pass.read(stages[index - 1].output)
        guard index < stages.count - 1 else {
            stages[index].layer.forward(pass, input, &y)
            return
        }
        var output = pass.write(stages[index].output)
        stages[index].layer.forward(pass, input, &output)
    }

    /// Computes dx from dy and adds the gradients of all weights, after `forward`. An empty dx is not wanted.
    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        for index in stages.indices.reversed() { backward(stage: index, pass, x: x, y: y, dy: dy, dx: &dx) }
    }

    /// One stage of `backward`: those behind it have run in the same pass.
    @_lifetime(dx: copy dx)
    func backward(
        stage index: Int, _ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>
    ) {
        let isLast = index == stages.count - 1
        let output = isLast ? y : pass.read(stages[index].output)
        let dOutput = isLast ? dy : pass.read(gradient(of: index))
        guard index > 0 else {
            stages[index].layer.backward(pass, x: x, y: output, dy: dOutput, dx: &dx)
            return
        }
        var dInput = pass.write(gradient(of: index - 1))
        stages[index].layer.backward(pass, x: pass.read(stages[index - 1].output), y: output, dy: dOutput, dx: &dInput)
    }

    /// Adds a part of a gradient that `backward` has left out: see `BoundLayer`.
    @_lifetime(sums: copy sums)
    func addDeferredGradient(_ pass: Pass, x: Span<Float>, of part: Slot, to sums: inout MutableSpan<Float>) {
        for index in stages.indices {
            let input = index == 0 ? x : pass.read(stages[index - 1].output)
            stages[index].layer.addDeferredGradient(pass, x: input, of: part, to: &sums)
        }
    }

    /// The layers that are computed in a model's calls, in their order; those that are computed as one are in one list.
    var stageLayers: [[any Layer]] { stages.map { Array(layers[$0.layers]) } }

    /// Where the gradient of a stage's output stands.
    private func gradient(of index: Int) -> RowSlot {
        let slot = index.isMultiple(of: 2) ? gradients.0 : gradients.1
        return RowSlot(slot: slot.slot, perRow: stages[index].output.perRow)
    }

    /// The first layer whose output in this pass has a value that is not finite, after `forward`; of layers that are computed as one,
    /// the first.
    public func firstNonFiniteLayer(_ pass: Pass, _ y: Span<Float>) -> String? {
        for stage in stages.dropLast() where firstNonFinite(pass.read(stage.output)) != nil { return stage.layer.name }
        return firstNonFinite(y) == nil ? nil : stages[stages.count - 1].layer.name
    }
}

/// Lets a sequence be written as a list of layers.
@resultBuilder
public enum LayerBuilder {
    /// A layer on a line of its own.
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    /// Lines one below the other.
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    /// The layers of a `for` loop.
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
    /// The layers of a condition that holds.
    public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
    /// The layers of an `else`.
    public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
    /// The layers of an `if` without an `else`.
    public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
}
