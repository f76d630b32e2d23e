import Kernels
import StrictJSON
import Tensors

/// Convolution over steps: y[t, o] = bias[o] + sum over taps k, channels c of x[stride t + dilation k - padding, c] weight[k, c, o].
///
/// Input [steps, channels], output [outputSteps, filters]. The patches under the kernel are rows of the sequence that overlap in memory:
/// products read them where they are, from a copy of the sequence with its padding.
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

    private(set) var geometry = WindowGeometry(steps: 0, kernel: 1, padding: .valid)
    private var channels = 0
    private var weight = Slot.none
    private(set) var bias = Slot.none
    private var packedForward = Slot.none
    private var packedBackward = Slot.none
    /// The sequence between its padding [padded steps, channels], where there is padding.
    private var paddedInput = RowSlot.none
    /// The output's gradient between the zeros that a full convolution needs, rows padded.
    private var paddedGradient = RowSlot.none
    /// With a stride, the gradients of the patches [outputSteps, kernel, channels].
    private var patchGradient = RowSlot.none

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
        packedForward = plan.packed(count: packedCount(depth: kernel * channels, columns: filters))
        let extent = (kernel - 1) * dilation
        let read = (geometry.outputSteps - 1) * stride + extent + 1
        if geometry.leading > 0 || read > steps {
            paddedInput = plan.activation(perRow: max(read, geometry.leading + steps) * channels)
        }
        if stride == 1 {
            packedBackward = plan.packed(count: packedCount(depth: kernel * filters, columns: channels))
            paddedGradient = plan.scratch(perRow: (steps + extent) * KernelSet.padded(filters))
        } else {
            paddedGradient = plan.scratch(perRow: geometry.outputSteps * KernelSet.padded(filters))
            patchGradient = plan.scratch(perRow: geometry.outputSteps * kernel * channels)
        }
        plan.count(operations: 2 * geometry.outputSteps * kernel * channels * filters)
        return [geometry.outputSteps, filters]
    }

    public func initialize(_ state: ModelState, using random: inout Random) {
        var values = state.weights.write(weight)
        // Keras counts the receptive field on both sides.
        let (inputs, outputs) = (kernel * channels, kernel * filters)
        initializer.fill(&values, rows: inputs, columns: filters, inputs: inputs, outputs: outputs, using: &random)
    }

    public func pack(into packed: PackedWeights) {
        let (weights, arena) = (packed.state.weights, packed.arena)
        var forward = arena.write(packedForward)
        Kernels.pack(
            weights.read(weight), WeightLayout(depth: kernel * channels, columns: filters), bias: weights.read(bias),
            into: &forward)
        guard packed.forTraining, stride == 1 else { return }
        // A full convolution with the kernel turned round.
        var backward = arena.write(packedBackward)
        Kernels.pack(
            weights.read(weight),
            WeightLayout(
                taps: kernel, tapStride: -channels * filters, depth: filters, rowStride: 1, columns: channels,
                columnStride: filters),
            into: &backward)
    }

    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        var none = MutableSpan<Float>()
        convolve(pass, x, epilogue: .plain, into: &y, winner: &none)
    }

    /// The convolution and what follows it at once; y and winner are [outputSteps or fewer, filters].
    func convolve(
        _ pass: Pass, _ x: Span<Float>, epilogue: Epilogue, into y: inout MutableSpan<Float>, winner: inout MutableSpan<Float>
    ) {
        pad(x, pass)
        product(
            input(x, pass), patches(pass), packed: pass.packed(packedForward), columns: filters, epilogue: epilogue, into: &y,
            blockStride: geometry.outputSteps / epilogue.shrink * filters, rowStride: filters, winner: &winner)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let gradient = gradientRows
        var padded = pass.writeScratch(paddedGradient)
        for row in 0..<pass.rows {
            let steps = geometry.outputSteps
            copyRows(
                dy.extracting(row * steps * filters..<(row + 1) * steps * filters), rows: steps, width: filters,
                rowStride: filters, to: &padded, from: row * paddedGradient.perRow + gradient.start,
                rowStride: gradient.stride)
        }
        var dBias = pass.gradient(bias)
        addColumnSums(dy, rows: pass.rows * geometry.outputSteps, to: &dBias)
        propagate(pass, x: x, dx: &dx)
    }

    /// Where the gradients of a sequence's outputs stand in `outputGradient`: the first one, and from one to the next.
    var gradientRows: (start: Int, stride: Int) {
        let width = KernelSet.padded(filters)
        return (stride == 1 ? ((kernel - 1) * dilation - geometry.leading) * width : 0, width)
    }

    /// The scratch that takes the output's gradient before `propagate`; its rows are `gradientRows`.
    var outputGradient: RowSlot { paddedGradient }

    /// The gradients of weight and input, once `outputGradient` holds that of the output.
    func propagate(_ pass: Pass, x: Span<Float>, dx: inout MutableSpan<Float>) {
        let (start, width) = gradientRows
        let dy = pass.readScratch(paddedGradient)
        var dWeight = pass.gradient(weight)
        if pass.rows > 0 {
            addOuterProduct(
                input(x, pass), patches(pass), dy.extracting(start...), columns: filters, blockStride: paddedGradient.perRow,
                rowStride: width, to: &dWeight, resultStride: filters)
        }
        guard !dx.isEmpty else { return }
        if stride == 1 {
            clearGradientPadding(pass)
            product(
                pass.readScratch(paddedGradient),
                OperandRows(
                    blocks: pass.rows, blockStride: paddedGradient.perRow, rows: geometry.steps, rowStride: width, taps: kernel,
                    tapStride: dilation * width, depth: filters),
                packed: pass.packed(packedBackward), columns: channels, into: &dx, blockStride: geometry.steps * channels,
                rowStride: channels)
        } else {
            let rows = pass.rows * geometry.outputSteps
            var patches = pass.writeScratch(patchGradient)
            gemm(
                m: rows, n: kernel * channels, k: filters, dy, lda: width, .plain, pass.weight(weight), ldb: filters,
                .transposed, into: &patches, ldc: kernel * channels)
            foldPatches(patches.span, rows: pass.rows, channels: channels, geometry, into: &dx)
        }
    }

    /// Copies the sequences between their padding.
    private func pad(_ x: Span<Float>, _ pass: Pass) {
        guard paddedInput != .none else { return }
        let (before, count) = (geometry.leading * channels, geometry.steps * channels)
        var padded = pass.write(paddedInput)
        copyRows(
            x, rows: pass.rows, width: count, rowStride: count, to: &padded, from: before, rowStride: paddedInput.perRow)
        for row in 0..<pass.rows {
            let start = row * paddedInput.perRow
            for i in 0..<before { padded[start + i] = 0 }
            for i in before + count..<paddedInput.perRow { padded[start + i] = 0 }
        }
    }

    /// The sequences with their padding, where there is any.
    @_lifetime(copy x, borrow pass)
    private func input(_ x: Span<Float>, _ pass: borrowing Pass) -> Span<Float> {
        paddedInput == .none ? x : pass.read(paddedInput)
    }

    /// The patches of all outputs as rows of `input`.
    private func patches(_ pass: Pass) -> OperandRows {
        OperandRows(
            blocks: pass.rows, blockStride: paddedInput == .none ? geometry.steps * channels : paddedInput.perRow,
            rows: geometry.outputSteps, rowStride: stride * channels, taps: kernel, tapStride: dilation * channels,
            depth: channels)
    }

    /// Zeros before and after the gradients of each sequence.
    private func clearGradientPadding(_ pass: Pass) {
        let (start, width) = gradientRows
        let end = start + geometry.outputSteps * width
        var padded = pass.writeScratch(paddedGradient)
        for row in 0..<pass.rows {
            let first = row * paddedGradient.perRow
            for i in 0..<start { padded[first + i] = 0 }
            for i in end..<paddedGradient.perRow { padded[first + i] = 0 }
        }
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
