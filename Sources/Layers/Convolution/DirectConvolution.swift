import Kernels
import Memory

/// A convolution as one product. The patches under the kernel are rows of the sequence that overlap in memory: products read them
/// where they are, from a copy of the sequence with its padding.
struct DirectConvolution: ConvolutionAlgorithm {
    private let extents: ConvolutionExtents
    private let packedForward: Slot
    private let packedBackward: Slot
    /// The sequence between its padding [padded steps, channels], where there is padding.
    private let paddedInput: RowSlot
    /// Whether the input's gradient is a full convolution of the output's: without a stride, and with no more padding than that has.
    private let isFull: Bool
    /// The output's gradient between the zeros that a full convolution needs, rows padded.
    private let paddedGradient: RowSlot
    /// Else the gradients of the patches [outputSteps, kernel, channels].
    private let patchGradient: RowSlot

    private var geometry: WindowGeometry { extents.geometry }
    private var channels: Int { extents.channels }
    private var filters: Int { extents.filters }

    init(_ extents: ConvolutionExtents, _ plan: inout LayerPlan) {
        self.extents = extents
        let (geometry, channels, filters) = (extents.geometry, extents.channels, extents.filters)
        packedForward = plan.packed(count: packedCount(depth: geometry.kernel * channels, columns: filters))
        let extent = (geometry.kernel - 1) * geometry.dilation
        let read = (geometry.outputSteps - 1) * geometry.stride + extent + 1
        let isPadded = geometry.leading > 0 || read > geometry.steps
        paddedInput =
            isPadded ? plan.activation(perRow: max(read, geometry.leading + geometry.steps) * channels) : .none
        isFull = geometry.stride == 1 && max(geometry.leading, geometry.trailing) <= extent
        if isFull {
            packedBackward = plan.packed(count: packedCount(depth: geometry.kernel * filters, columns: channels))
            paddedGradient = plan.scratch(perRow: (geometry.steps + extent) * KernelSet.padded(filters))
            patchGradient = .none
        } else {
            packedBackward = plan.packed(count: packedCount(depth: filters, columns: geometry.kernel * channels))
            paddedGradient = plan.scratch(perRow: geometry.outputSteps * KernelSet.padded(filters))
            patchGradient = plan.scratch(perRow: geometry.outputSteps * geometry.kernel * channels)
        }
    }

    func pack(into packed: PackedWeights) {
        let (weights, arena) = (packed.state.weights, packed.arena)
        var forward = arena.write(packedForward)
        Kernels.pack(weights.read(extents.weight), extents.forwardLayout, bias: weights.read(extents.bias), into: &forward)
        guard packed.forTraining else { return }
        var backward = arena.write(packedBackward)
        let layout = isFull ? extents.backwardLayout : extents.patchLayout
        Kernels.pack(weights.read(extents.weight), layout, into: &backward)
    }

    @_lifetime(y: copy y)
    @_lifetime(winner: copy winner)
    func forward(
        _ pass: Pass, _ x: Span<Float>, epilogue: Epilogue, into y: inout MutableSpan<Float>, winner: inout MutableSpan<Float>
    ) {
        pad(x, pass)
        product(
            input(x, pass), patches(pass), packed: pass.packed(packedForward), columns: filters, epilogue: epilogue, into: &y,
            blockStride: geometry.outputSteps / epilogue.shrink * filters, rowStride: filters, winner: &winner, team: pass.team)
    }

    @_lifetime(dx: copy dx)
    func backward(_ pass: Pass, x: Span<Float>, dy: Span<Float>, winner: Span<Float>, dx: inout MutableSpan<Float>) {
        let (start, width) = gradientRows
        var gradient = pass.writeScratch(paddedGradient)
        var dBias = pass.gradient(extents.bias)
        if winner.isEmpty {
            for row in 0..<pass.rows {
                let steps = geometry.outputSteps
                copyRows(
                    dy.extracting(row * steps * filters..<(row + 1) * steps * filters), rows: steps, width: filters,
                    rowStride: filters, to: &gradient, from: row * paddedGradient.perRow + start, rowStride: width)
            }
            addColumnSums(dy, rows: pass.rows * geometry.outputSteps, to: &dBias)
        } else {
            unpoolGradient(
                dy: dy, winner: winner, blocks: pass.rows, rows: geometry.outputSteps / 2, columns: filters, into: &gradient,
                from: start, blockStride: paddedGradient.perRow, rowStride: width, addingSumsTo: &dBias)
        }
        addWeightGradient(pass, x: x)
        guard !dx.isEmpty else { return }
        if isFull {
            convolveGradient(pass, into: &dx)
        } else {
            foldGradient(pass, into: &dx)
        }
    }

    /// Where the gradients of a sequence's outputs stand in `paddedGradient`: the first one, and from one to the next.
    private var gradientRows: (start: Int, stride: Int) {
        let width = KernelSet.padded(filters)
        return (isFull ? ((geometry.kernel - 1) * geometry.dilation - geometry.leading) * width : 0, width)
    }

    private func addWeightGradient(_ pass: Pass, x: Span<Float>) {
        guard pass.rows > 0 else { return }
        let (start, width) = gradientRows
        var dWeight = pass.gradient(extents.weight)
        addOuterProduct(
            input(x, pass), patches(pass), pass.readScratch(paddedGradient).extracting(start...), columns: filters,
            blockStride: paddedGradient.perRow, rowStride: width, to: &dWeight, resultStride: filters, team: pass.team)
    }

    /// The input's gradient: a full convolution of the output's.
    @_lifetime(dx: copy dx)
    private func convolveGradient(_ pass: Pass, into dx: inout MutableSpan<Float>) {
        let width = gradientRows.stride
        clearGradientPadding(pass)
        product(
            pass.readScratch(paddedGradient),
            OperandRows(
                blocks: pass.rows, blockStride: paddedGradient.perRow, rows: geometry.steps, rowStride: width,
                taps: geometry.kernel, tapStride: geometry.dilation * width, depth: filters),
            packed: pass.packed(packedBackward), columns: channels, into: &dx, blockStride: geometry.steps * channels,
            rowStride: channels, team: pass.team)
    }

    /// The input's gradient where it is no full convolution: each patch's, added where the patch stood.
    @_lifetime(dx: copy dx)
    private func foldGradient(_ pass: Pass, into dx: inout MutableSpan<Float>) {
        let columns = geometry.kernel * channels
        var patches = pass.writeScratch(patchGradient)
        product(
            pass.readScratch(paddedGradient),
            OperandRows(rows: pass.rows * geometry.outputSteps, depth: filters, rowStride: gradientRows.stride),
            packed: pass.packed(packedBackward), columns: columns, into: &patches, rowStride: columns, team: pass.team)
        foldPatches(patches.span, rows: pass.rows, channels: channels, geometry, into: &dx)
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
            rows: geometry.outputSteps, rowStride: geometry.stride * channels, taps: geometry.kernel,
            tapStride: geometry.dilation * channels, depth: channels)
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
