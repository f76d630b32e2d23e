import Kernels
import Memory

/// A way to compute a convolution and its gradients, with memory of its own.
protocol ConvolutionAlgorithm: Sendable {
    /// Brings the weights into the order in which the kernels read them.
    func pack(into packed: PackedWeights)

    /// Computes y, the convolution and what follows it.
    /// - Parameters:
    ///   - y: [outputSteps, filters], with `.reluMaxPool2` half as many steps.
    ///   - winner: With `.reluMaxPool2` in training, receives which step gave each maximum; else empty.
    @_lifetime(y: copy y)
    @_lifetime(winner: copy winner)
    func forward(
        _ pass: Pass, _ x: Span<Float>, epilogue: Epilogue, into y: inout MutableSpan<Float>, winner: inout MutableSpan<Float>)

    /// Computes dx from the gradient of y and adds those of weights and bias, after `forward`. An empty dx is not wanted.
    /// - Parameter winner: What `forward` wrote, or empty where nothing followed the convolution.
    @_lifetime(dx: copy dx)
    func backward(_ pass: Pass, x: Span<Float>, dy: Span<Float>, winner: Span<Float>, dx: inout MutableSpan<Float>)
}

/// What a convolution is computed from: its extents and the slots of its parameters.
struct ConvolutionExtents: Sendable {
    var geometry: WindowGeometry
    var channels: Int
    var filters: Int
    /// [kernel, channels, filters].
    var weight: Slot
    /// [filters], or `.none`.
    var bias: Slot

    /// Those of a convolution that is not bound yet.
    static let none = ConvolutionExtents(
        geometry: WindowGeometry(steps: 0, kernel: 1, padding: .valid), channels: 0, filters: 0, weight: .none, bias: .none)

    /// The weights as a product takes them: the patch of an output by the filters.
    var forwardLayout: WeightLayout {
        WeightLayout(
            taps: geometry.kernel, tapStride: channels * filters, depth: channels, rowStride: filters, columns: filters,
            columnStride: 1)
    }

    /// The weights of a full convolution with the kernel turned round, which gives the input's gradient.
    var backwardLayout: WeightLayout {
        WeightLayout(
            taps: geometry.kernel, tapStride: -channels * filters, depth: filters, rowStride: 1, columns: channels,
            columnStride: filters)
    }

    /// The weights transposed, which turn the gradients of an output into those of its patch.
    var patchLayout: WeightLayout { .transposed(depth: filters, columns: geometry.kernel * channels) }
}
