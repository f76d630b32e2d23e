import Kernels
import Memory
import StrictJSON

/// A fully connected layer, y = x weight + bias, over the last dimension: [features] to [units], [steps, channels] to [steps, units].
///
/// Behind a Flatten its columns stand in files as PyTorch flattens [channels, steps].
public struct Dense: Layer {
    public static let kind = "Dense"
    public static let defaultName = "dense"

    public var name: String
    /// The number of outputs.
    public let units: Int
    /// Whether a bias is added to each output.
    public let hasBias: Bool
    /// The distribution of the first weights; biases begin at zero.
    public let initializer: Initializer

    private var steps = 1
    private var inputs = 0
    private var weight = Slot.none
    private var bias = Slot.none
    /// The most weights of which training keeps packed copies: 1 MiB.
    private static let packedWeights = 1 << 18

    /// Whether the weights are so many that, in training, products pack them on their way, and their gradient is taken in parts.
    private var isLarge = false
    private var packedForward = Slot.none
    private var packedBackward = Slot.none
    /// The output's gradient [steps, units], rows padded.
    private var paddedGradient = RowSlot.none

    /// A fully connected layer; its inputs follow from the input when it is bound.
    public init(_ units: Int, bias: Bool = true, initializer: Initializer = .glorot, name: String = "") {
        self.units = units
        hasBias = bias
        self.initializer = initializer
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        try plan.require(units > 0) { "units must be at least 1, not \(units)" }
        try plan.require(input.rank == 1 || input.rank == 2) {
            "Dense needs an input of [features] or [steps, channels], not \(input)"
        }
        steps = input.rank == 2 ? input[0] : 1
        inputs = input[input.rank - 1]
        try plan.require(inputs > 0 && steps > 0) { "an input of \(input) is empty" }
        if input.rank == 1, let flattened = plan.flattened {
            weight = try plan.weight("weight", Shape(flattened.dimensions + [units]), fileRank: 2)
        } else {
            weight = try plan.weight("weight", [inputs, units])
        }
        bias = hasBias ? try plan.weight("bias", [units]) : .none
        isLarge = plan.isForTraining && inputs * units > Dense.packedWeights
        if isLarge {
            plan.deferGradient(of: weight, rowCount: units)
            paddedGradient = plan.activation(perRow: steps * KernelSet.padded(units))
        } else {
            packedForward = plan.packed(count: packedCount(depth: inputs, columns: units))
            packedBackward = plan.packed(count: packedCount(depth: units, columns: inputs))
            paddedGradient = plan.scratch(perRow: steps * KernelSet.padded(units))
        }
        plan.count(operations: 2 * steps * inputs * units)
        return input.rank == 2 ? [steps, units] : [units]
    }

    public func initialize(_ values: inout InitialValues) {
        values.draw(weight, initializer, rows: inputs, columns: units, inputs: inputs, outputs: units)
    }

    public func pack(into packed: PackedWeights) {
        guard !isLarge else { return }
        let (weights, arena) = (packed.state.weights, packed.arena)
        var forward = arena.write(packedForward)
        Kernels.pack(
            weights.read(weight), WeightLayout(depth: inputs, columns: units), bias: weights.read(bias), into: &forward)
        guard packed.forTraining else { return }
        var backward = arena.write(packedBackward)
        Kernels.pack(weights.read(weight), .transposed(depth: units, columns: inputs), into: &backward)
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let rows = pass.rows * steps
        if isLarge {
            product(
                x, rows: rows, weights: pass.weight(weight), WeightLayout(depth: inputs, columns: units), bias: pass.weight(bias),
                into: &y, team: pass.team)
        } else {
            product(
                x, OperandRows(rows: rows, depth: inputs), packed: pass.packed(packedForward), columns: units, into: &y,
                rowStride: units, team: pass.team)
        }
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let rows = pass.rows * steps
        let width = KernelSet.padded(units)
        var padded = isLarge ? pass.write(paddedGradient) : pass.writeScratch(paddedGradient)
        copyRows(dy, rows: rows, width: units, rowStride: units, to: &padded, rowStride: width)
        if !isLarge || !pass.defersGradients {
            var dWeight = pass.gradient(weight)
            addOuterProduct(
                x, OperandRows(rows: rows, depth: inputs), padded.span, columns: units, rowStride: width, to: &dWeight,
                resultStride: units, team: pass.team)
        }
        var dBias = pass.gradient(bias)
        addColumnSums(dy, rows: rows, to: &dBias)
        guard !dx.isEmpty else { return }
        if isLarge {
            product(
                dy, rows: rows, weights: pass.weight(weight), .transposed(depth: units, columns: inputs), into: &dx,
                team: pass.team)
        } else {
            product(
                dy, OperandRows(rows: rows, depth: units), packed: pass.packed(packedBackward), columns: inputs, into: &dx,
                rowStride: inputs, team: pass.team)
        }
    }

    @_lifetime(sums: copy sums)
    public func addDeferredGradient(_ pass: Pass, x: Span<Float>, of part: Slot, to sums: inout MutableSpan<Float>) {
        guard isLarge, weight.contains(part) else { return }
        let (first, count) = ((part.offset - weight.offset) / units, part.count / units)
        addOuterProduct(
            x.extracting(first...), OperandRows(rows: pass.rows * steps, depth: count, rowStride: inputs),
            pass.read(paddedGradient), columns: units, rowStride: KernelSet.padded(units), to: &sums, resultStride: units)
    }
}

extension Dense {
    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(
            try fields.size("units"), bias: try fields.take("bias", default: true),
            initializer: try fields.choice("initializer", default: .glorot))
    }

    public var fields: JSONObject {
        var fields: JSONObject = ["units": .integer(units), "initializer": .string(initializer.rawValue)]
        fields.setBias(hasBias)
        return fields
    }
}
