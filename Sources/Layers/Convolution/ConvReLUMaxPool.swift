import Kernels
import Memory

/// A convolution, its ReLU and a maximum over pairs of steps, computed as one: what lies between never reaches memory.
///
/// Which of the two steps gave a maximum is kept for the way back.
struct ConvReLUMaxPool: BoundLayer {
    /// How many layers it stands for.
    static let layerCount = 3

    private let convolution: Conv1D
    private let winner: RowSlot

    /// The first layers of a bound sequence as one, or nil where they are not such layers.
    init?(_ layers: ArraySlice<any Layer>, _ plan: inout LayerPlan) {
        guard layers.count >= ConvReLUMaxPool.layerCount, let convolution = layers[layers.startIndex] as? Conv1D,
            layers[layers.startIndex + 1] is ReLU, let pool = layers[layers.startIndex + 2] as? MaxPool1D,
            pool.window.size == 2, pool.window.stride == 2, pool.placement.geometry.leading == 0,
            convolution.extents.geometry.outputSteps.isMultiple(of: 2)
        else { return nil }
        self.convolution = convolution
        winner = plan.activation(perRow: convolution.extents.geometry.outputSteps / 2 * convolution.filters)
    }

    var name: String { convolution.name }

    func pack(into packed: PackedWeights) { convolution.pack(into: packed) }

    @_lifetime(y: copy y)
    func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        var winner = pass.mode == .training ? pass.write(winner) : MutableSpan()
        convolution.forward(pass, x, epilogue: .reluMaxPool2, into: &y, winner: &winner)
    }

    @_lifetime(dx: copy dx)
    func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        convolution.backward(pass, x: x, dy: dy, winner: pass.read(winner), dx: &dx)
    }
}
