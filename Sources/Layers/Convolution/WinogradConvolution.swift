import Kernels
import Tensors

/// A convolution of two adjacent taps over pairs of steps, with three products where the plain sum has four; see `winogradProduct`.
struct WinogradConvolution: ConvolutionAlgorithm {
    private let extents: ConvolutionExtents
    private let packedForward: Slot
    private let packedBackward: Slot
    /// The pairs of the input, kept for the weights' gradient.
    private let inputPairs: RowSlot
    /// The pairs of the output's gradient.
    private let gradientPairs: RowSlot
    /// The gradient of the sum of the two taps [channels, filters].
    private let sumGradient: Slot

    /// The algorithm, where it can compute such a convolution.
    init?(_ extents: ConvolutionExtents, _ plan: inout LayerPlan) {
        let geometry = extents.geometry
        guard geometry.kernel == 2, geometry.stride == 1, geometry.dilation == 1, geometry.leading == 0,
            geometry.outputSteps == geometry.steps, geometry.steps.isMultiple(of: 2)
        else { return nil }
        self.extents = extents
        let (channels, filters) = (extents.channels, extents.filters)
        packedForward = plan.packed(count: winogradPackedCount(depth: channels, columns: filters))
        packedBackward = plan.packed(count: winogradPackedCount(depth: filters, columns: channels))
        inputPairs = plan.activation(perRow: WinogradConvolution.inputPairs(extents, rows: 1).count)
        gradientPairs = plan.scratch(perRow: WinogradConvolution.gradientPairs(extents, rows: 1).count)
        sumGradient = plan.scratch(count: channels * filters)
    }

    private static func inputPairs(_ extents: ConvolutionExtents, rows: Int) -> WinogradPairs {
        WinogradPairs(
            blocks: rows, rows: extents.geometry.steps / 2, depth: extents.channels, parts: WinogradPairs.inputParts)
    }

    private static func gradientPairs(_ extents: ConvolutionExtents, rows: Int) -> WinogradPairs {
        WinogradPairs(
            blocks: rows, rows: extents.geometry.steps / 2, depth: extents.filters, parts: WinogradPairs.gradientParts)
    }

    func pack(into packed: PackedWeights) {
        let (weights, arena) = (packed.state.weights, packed.arena)
        var forward = arena.write(packedForward)
        winogradPack(weights.read(extents.weight), extents.forwardLayout, bias: weights.read(extents.bias), into: &forward)
        guard packed.forTraining else { return }
        var backward = arena.write(packedBackward)
        winogradPack(weights.read(extents.weight), extents.backwardLayout, into: &backward)
    }

    func forward(
        _ pass: Pass, _ x: Span<Float>, epilogue: Epilogue, into y: inout MutableSpan<Float>, winner: inout MutableSpan<Float>
    ) {
        var pairs = pass.write(inputPairs)
        winogradPairs(x, blocks: pass.rows, steps: extents.geometry.steps, columns: extents.channels, into: &pairs)
        winogradProduct(
            pairs.span, WinogradConvolution.inputPairs(extents, rows: pass.rows), packed: pass.packed(packedForward),
            columns: extents.filters, epilogue: epilogue, into: &y, winner: &winner)
    }

    func backward(_ pass: Pass, x: Span<Float>, dy: Span<Float>, winner: Span<Float>, dx: inout MutableSpan<Float>) {
        var gradients = pass.writeScratch(gradientPairs)
        var dBias = pass.gradient(extents.bias)
        winogradGradients(
            dy: dy, winner: winner, blocks: pass.rows, rows: extents.geometry.steps / 2, columns: extents.filters,
            into: &gradients, addingSumsTo: &dBias)
        addWeightGradient(pass)
        guard !dx.isEmpty else { return }
        // Of the five parts the last three are d0, d1' - d0, d1 - d0: the pairs of the full convolution.
        let layout = WinogradConvolution.gradientPairs(extents, rows: pass.rows)
        let pairs = pass.readScratch(gradientPairs)
        var none = MutableSpan<Float>()
        winogradProduct(
            pairs.extracting(min(2 * layout.partStride, pairs.count)...), layout, packed: pass.packed(packedBackward),
            columns: extents.channels, epilogue: .plain, into: &dx, winner: &none)
    }

    /// Adds what `sumGradient` and the products of differences give, see `winogradGradients`.
    private func addWeightGradient(_ pass: Pass) {
        let inputs = WinogradConvolution.inputPairs(extents, rows: pass.rows)
        let gradients = WinogradConvolution.gradientPairs(extents, rows: pass.rows)
        let x = pass.read(inputPairs)
        let d = pass.readScratch(gradientPairs)
        guard !x.isEmpty else { return }
        let size = extents.channels * extents.filters
        func add(part: Int, gradientPart: Int, to sum: inout MutableSpan<Float>) {
            addOuterProduct(
                x.extracting((part * inputs.partStride)...), inputs.part, d.extracting((gradientPart * gradients.partStride)...),
                columns: extents.filters, blockStride: gradients.blockStride, rowStride: gradients.rowStride, to: &sum,
                resultStride: extents.filters)
        }
        let scratch = pass.lane.scratch
        var both = scratch.write(sumGradient)
        fill(&both, 0)
        add(part: 0, gradientPart: 1, to: &both)
        for tap in 0..<2 {
            var dWeight = pass.gradient(extents.weight.part(from: tap * size, count: size))
            Kernels.add(both.span, to: &dWeight)
            add(part: 1 + tap, gradientPart: tap == 0 ? 2 : 0, to: &dWeight)
        }
    }
}
