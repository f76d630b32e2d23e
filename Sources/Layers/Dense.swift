import Kernels
import StrictJSON
import Tensors

/// A fully connected layer, y = x weight + bias, over the last dimension: [features] to [units], [steps, channels] to [steps, units].
///
/// Behind a Flatten its columns stand in files as PyTorch flattens [channels, steps].
public struct Dense: Layer {
    public static let kind = "Dense"
    public static let defaultName = "dense"

    public var name: String
    /// The number of outputs.
    public let units: Int
    /// The distribution of the first weights; biases begin at zero.
    public let initializer: Initializer

    private var steps = 1
    private var inputs = 0
    private var weight = Slot.none
    private var bias = Slot.none

    /// A fully connected layer; its inputs follow from the input when it is bound.
    public init(_ units: Int, initializer: Initializer = .glorot, name: String = "") {
        self.units = units
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
        bias = try plan.weight("bias", [units])
        plan.count(operations: 2 * steps * inputs * units)
        return input.rank == 2 ? [steps, units] : [units]
    }

    public func initialize(_ state: ModelState, using random: inout Random) {
        var values = state.weights.write(weight)
        initializer.fill(&values, rows: inputs, columns: units, inputs: inputs, outputs: units, using: &random)
    }

    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let rows = pass.rows * steps
        repeatRow(pass.weight(bias), rows: rows, into: &y)
        gemm(
            m: rows, n: units, k: inputs, x, lda: inputs, .plain, pass.weight(weight), ldb: units, .plain, into: &y, ldc: units,
            accumulate: true)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let rows = pass.rows * steps
        var dWeight = pass.gradient(weight)
        gemm(
            m: inputs, n: units, k: rows, x, lda: inputs, .transposed, dy, ldb: units, .plain, into: &dWeight, ldc: units,
            accumulate: true)
        var dBias = pass.gradient(bias)
        addColumnSums(dy, rows: rows, to: &dBias)
        guard !dx.isEmpty else { return }
        gemm(
            m: rows, n: inputs, k: units, dy, lda: units, .plain, pass.weight(weight), ldb: units, .transposed, into: &dx,
            ldc: inputs)
    }
}

extension Dense {
    public init(fields: inout JSONFields) throws(JSONFieldError) {
        self.init(try fields.size("units"), initializer: try fields.choice("initializer", default: .glorot))
    }

    public var fields: JSONObject { ["units": .integer(units), "initializer": .string(initializer.rawValue)] }
}
