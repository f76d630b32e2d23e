import Kernels
import StrictJSON
import Tensors

/// Convolution over steps: y[t, o] = bias[o] + sum over taps k, channels c of x[stride t + dilation k - padding, c] weight[k, c, o].
///
/// Input [steps, channels], output [outputSteps, filters]. The patches under the kernel are unfolded and multiplied in one product.
public struct Conv1D: Layer {
    public static let kind = "Conv1D"
    public static let defaultName = "conv"

    public var name: String
    /// The number of output channels.
    public let filters: Int
    /// The number of taps.
    public let kernel: Int
    /// Steps from one output to the next.
    public let stride: Int
    /// Steps from one tap to the next.
    public let dilation: Int
    /// What happens at the ends of the sequence.
    public let padding: Padding
    /// The distribution of the first weights; biases begin at zero.
    public let initializer: Initializer

    private var geometry = WindowGeometry(steps: 0, kernel: 1, padding: .valid)
    private var channels = 0
    private var weight = Slot.none
    private var bias = Slot.none
    private var patches = RowSlot.none

    /// A convolution; its channels follow from the input when it is bound.
    public init(
        _ filters: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, padding: Padding = .valid,
        initializer: Initializer = .glorot, name: String = ""
    ) {
        self.filters = filters
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.padding = padding
        self.initializer = initializer
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        let (steps, channels) = try Conv1D.sequence(input, plan)
        try plan.require(filters > 0 && kernel > 0 && stride > 0 && dilation > 0) {
            "filters, kernel, stride and dilation must be at least 1, not \(filters), \(kernel), \(stride) and \(dilation)"
        }
        geometry = WindowGeometry(steps: steps, kernel: kernel, stride: stride, dilation: dilation, padding: padding)
        try plan.require(geometry.outputSteps > 0) {
            "a kernel of \(kernel) taps, \(dilation) apart, does not fit \(steps) steps without padding: use padding \"same\""
        }
        self.channels = channels
        weight = try plan.weight("weight", [kernel, channels, filters])
        bias = try plan.weight("bias", [filters])
        patches = plan.scratch(perRow: geometry.outputSteps * kernel * channels)
        plan.count(operations: 2 * geometry.outputSteps * kernel * channels * filters)
        return [geometry.outputSteps, filters]
    }

    public func initialize(_ state: ModelState, using random: inout Random) {
        var values = state.weights.write(weight)
        // Keras counts the receptive field on both sides.
        let (inputs, outputs) = (kernel * channels, kernel * filters)
        initializer.fill(&values, rows: inputs, columns: filters, inputs: inputs, outputs: outputs, using: &random)
    }

    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let rows = pass.rows * geometry.outputSteps
        let width = kernel * channels
        var unfolded = pass.writeScratch(patches)
        unfoldPatches(x, rows: pass.rows, channels: channels, geometry, into: &unfolded)
        repeatRow(pass.weight(bias), rows: rows, into: &y)
        gemm(
            m: rows, n: filters, k: width, unfolded.span, lda: width, .plain, pass.weight(weight), ldb: filters, .plain, into: &y,
            ldc: filters,
            accumulate: true)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let rows = pass.rows * geometry.outputSteps
        let width = kernel * channels
        var unfolded = pass.writeScratch(patches)
        unfoldPatches(x, rows: pass.rows, channels: channels, geometry, into: &unfolded)
        var dWeight = pass.gradient(weight)
        gemm(
            m: width, n: filters, k: rows, unfolded.span, lda: width, .transposed, dy, ldb: filters, .plain, into: &dWeight,
            ldc: filters, accumulate: true)
        var dBias = pass.gradient(bias)
        addColumnSums(dy, rows: rows, to: &dBias)
        guard !dx.isEmpty else { return }
        gemm(
            m: rows, n: width, k: filters, dy, lda: filters, .plain, pass.weight(weight), ldb: filters, .transposed,
            into: &unfolded,
            ldc: width)
        foldPatches(unfolded.span, rows: pass.rows, channels: channels, geometry, into: &dx)
    }
}

extension Conv1D {
    public init(fields: inout JSONFields) throws(JSONFieldError) {
        self.init(
            try fields.size("filters"), kernel: try fields.size("kernel"), stride: try fields.size("stride", default: 1),
            dilation: try fields.size("dilation", default: 1), padding: try fields.choice("padding", default: .valid),
            initializer: try fields.choice("initializer", default: .glorot))
    }

    public var fields: JSONObject {
        [
            "filters": .integer(filters), "kernel": .integer(kernel), "stride": .integer(stride), "dilation": .integer(dilation),
            "padding": .string(padding.rawValue), "initializer": .string(initializer.rawValue),
        ]
    }
}
