import Kernels
import Memory

/// A convolution of two adjacent taps over pairs of steps, with three products where the plain sum has four; see `winogradProduct`.
///
/// Its rounding is relative to the larger of two neighbouring steps: as good as the plain sum's where they are of like size, as
/// readings of a sensor are.
struct WinogradConvolution: ConvolutionAlgorithm {
    private let extents: ConvolutionExtents
    private let packedForward: Slot
    private let packedBackward: Slot
    /// The pairs of the input, kept for the weights' gradient.
    private let inputPairs: RowSlot
    /// The pairs of the output's gradient.
    private let gradientPairs: RowSlot

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

    @_lifetime(y: copy y)
    @_lifetime(winner: copy winner)
    func forward(
        _ pass: Pass, _ x: Span<Float>, epilogue: Epilogue, into y: inout MutableSpan<Float>, winner: inout MutableSpan<Float>
    ) {
        var pairs = pass.write(inputPairs)
        winogradPairs(x, blocks: pass.rows, steps: extents.geometry.steps, columns: extents.channels, into: &pairs)
        winogradProduct(
            pairs.span, WinogradConvolution.inputPairs(extents, rows: pass.rows), packed: pass.packed(packedForward),
            columns: extents.filters, epilogue: epilogue, into: &y, winner: &winner, team: pass.team)
    }

    @_lifetime(dx: copy dx)
    func backward(_ pass: Pass, x: Span<Float>, dy: Span<Float>, winner: Span<Float>, dx: inout MutableSpan<Float>) {
        var gradients = pass.writeScratch(gradientPairs)
        var dBias = pass.gradient(extents.bias)
        winogradGradients(
            dy: dy, winner: winner, blocks: pass.rows, rows: extents.geometry.steps / 2, columns: extents.filters,
            into: &gradients, addingSumsTo: &dBias)
        let layout = WinogradConvolution.gradientPairs(extents, rows: pass.rows)
        let pairs = pass.readScratch(gradientPairs)
        var dWeight = pass.gradient(extents.weight)
        addWinogradOuterProduct(
            pass.read(inputPairs), WinogradConvolution.inputPairs(extents, rows: pass.rows), pairs, layout, to: &dWeight,
            team: pass.team)
        guard !dx.isEmpty else { return }
        // Of the five parts the last three are d0, d1' - d0, d1 - d0: the pairs of the full convolution.
        var none = MutableSpan<Float>()
        winogradProduct(
            pairs.extracting(min(2 * layout.partStride, pairs.count)...), layout, packed: pass.packed(packedBackward),
            columns: extents.channels, epilogue: .plain, into: &dx, winner: &none, team: pass.team)
    }
}
