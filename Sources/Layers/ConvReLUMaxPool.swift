import Kernels
import Tensors

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
            convolution.geometry.outputSteps.isMultiple(of: 2)
        else { return nil }
        self.convolution = convolution
        winner = plan.activation(perRow: convolution.geometry.outputSteps / 2 * convolution.filters)
    }

    var name: String { convolution.name }

    func pack(into packed: PackedWeights) { convolution.pack(into: packed) }

    func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        var winner = pass.mode == .training ? pass.write(winner) : MutableSpan()
        convolution.convolve(pass, x, epilogue: .reluMaxPool2, into: &y, winner: &winner)
    }

    func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let (start, width) = convolution.gradientRows
        let slot = convolution.outputGradient
        var gradient = pass.writeScratch(slot)
        var dBias = pass.gradient(convolution.bias)
        unpoolGradient(
            dy: dy, winner: pass.read(winner), blocks: pass.rows, rows: convolution.geometry.outputSteps / 2,
            columns: convolution.filters, into: &gradient, from: start, blockStride: slot.perRow, rowStride: width,
            addingSumsTo: &dBias)
        convolution.propagate(pass, x: x, dx: &dx)
    }
}
