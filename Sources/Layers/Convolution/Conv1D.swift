import Kernels
import Memory
import StrictJSON

/// Convolution over steps: y[t, o] = bias[o] + sum over taps k, channels c of x[stride t + dilation k - padding, c] weight[k, c, o].
///
/// Input [steps, channels], output [outputSteps, filters]. Two adjacent taps over an even number of steps are computed by
/// `WinogradConvolution`, anything else by `DirectConvolution`.
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
    /// Whether a bias is added to each output.
    public let hasBias: Bool
    /// The distribution of the first weights; biases begin at zero.
    public let initializer: Initializer

    private(set) var extents = ConvolutionExtents.none
    /// Where the taps stand over the input, once bound.
    package var geometry: WindowGeometry { extents.geometry }
    /// nil until the layer is bound.
    private var algorithm: (any ConvolutionAlgorithm)?

    /// A convolution; its channels follow from the input when it is bound.
    public init(
        _ filters: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, padding: Padding = .valid, bias: Bool = true,
        initializer: Initializer = .glorot, name: String = ""
    ) {
        self.filters = filters
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.padding = padding
        hasBias = bias
        self.initializer = initializer
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        let (steps, channels) = try Conv1D.sequence(input, plan)
        try plan.require(filters > 0 && kernel > 0 && stride > 0 && dilation > 0) {
            "filters, kernel, stride and dilation must be at least 1, not \(filters), \(kernel), \(stride) and \(dilation)"
        }
        try plan.requirePadding(padding, atMost: LayerFields.largestSize)
        let geometry = WindowGeometry(steps: steps, kernel: kernel, stride: stride, dilation: dilation, padding: padding)
        try plan.require(geometry.outputSteps > 0) {
            "a kernel of \(kernel) taps, \(dilation) apart, does not fit \(steps) steps \(padding.inWords): use padding \"same\""
        }
        extents = ConvolutionExtents(
            geometry: geometry, channels: channels, filters: filters,
            weight: try plan.weight("weight", [kernel, channels, filters]),
            bias: hasBias ? try plan.weight("bias", [filters]) : .none)
        algorithm = WinogradConvolution(extents, &plan) ?? DirectConvolution(extents, &plan)
        plan.count(operations: 2 * geometry.outputSteps * kernel * channels * filters)
        return [geometry.outputSteps, filters]
    }

    public func initialize(_ values: inout InitialValues) {
        // Keras counts the receptive field on both sides.
        let (inputs, outputs) = (kernel * extents.channels, kernel * filters)
        values.draw(extents.weight, initializer, rows: inputs, columns: filters, inputs: inputs, outputs: outputs)
    }

    public func pack(into packed: PackedWeights) { algorithm?.pack(into: packed) }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        var none = MutableSpan<Float>()
        forward(pass, x, epilogue: .plain, into: &y, winner: &none)
    }

    /// The convolution and what follows it at once, see `ConvolutionAlgorithm`.
    @_lifetime(y: copy y)
    @_lifetime(winner: copy winner)
    func forward(
        _ pass: Pass, _ x: Span<Float>, epilogue: Epilogue, into y: inout MutableSpan<Float>, winner: inout MutableSpan<Float>
    ) {
        algorithm?.forward(pass, x, epilogue: epilogue, into: &y, winner: &winner)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        backward(pass, x: x, dy: dy, winner: Span(), dx: &dx)
    }

    /// The way back through the convolution and what followed it.
    @_lifetime(dx: copy dx)
    func backward(_ pass: Pass, x: Span<Float>, dy: Span<Float>, winner: Span<Float>, dx: inout MutableSpan<Float>) {
        algorithm?.backward(pass, x: x, dy: dy, winner: winner, dx: &dx)
    }
}

extension Conv1D {
    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(
            try fields.size("filters"), kernel: try fields.size("kernel"), stride: try fields.size("stride", default: 1),
            dilation: try fields.size("dilation", default: 1), padding: try fields.padding("padding"),
            bias: try fields.take("bias", default: true), initializer: try fields.choice("initializer", default: .glorot))
    }

    public var fields: JSONObject {
        var fields: JSONObject = [
            "filters": .integer(filters), "kernel": .integer(kernel), "stride": .integer(stride), "dilation": .integer(dilation),
            "padding": padding.json, "initializer": .string(initializer.rawValue),
        ]
        fields.setBias(hasBias)
        return fields
    }
}
