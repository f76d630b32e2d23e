import CKernels

// Convolutions of two taps over pairs of steps by Winograd's minimal filtering F(2, 2), three products where the plain sum has four
// (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016). With x0, x1, x2 under the outputs
// y0 = x0 w0 + x1 w1 and y1 = x1 w0 + x2 w1:
//
//     y0 = x1 (w0 + w1) + (x0 - x1) w0,   y1 = x1 (w0 + w1) + (x2 - x1) w1

/// How the parts of pairs stand in memory: part t of pair r of block i begins at i blockStride + r rowStride + t partStride.
public struct WinogradPairs: Equatable, Sendable {
    /// Parts of a pair of inputs: x1, x0 - x1, x2 - x1.
    public static let inputParts = 3
    /// Parts of a pair of gradients: d1, d0 + d1, d0, d1' - d0, d1 - d0, with d1' of the pair before.
    public static let gradientParts = 5

    public var blocks: Int
    public var rows: Int
    public var depth: Int
    public var blockStride: Int
    public var rowStride: Int
    public var partStride: Int

    /// Pairs one behind the other, their parts padded.
    public init(blocks: Int, rows: Int, depth: Int, parts: Int) {
        self.blocks = blocks
        self.rows = rows
        self.depth = depth
        partStride = KernelSet.padded(depth)
        rowStride = parts * partStride
        blockStride = rows * rowStride
    }

    /// The floats of all pairs.
    public var count: Int { blocks * blockStride }
}

/// The floats that weights [2, depth, columns] take, packed for `winogradProduct`.
public func winogradPackedCount(depth: Int, columns: Int) -> Int { (3 * depth + 1) * KernelSet.padded(columns) }

/// Brings weights of two taps into the order in which `winogradProduct` reads them, the taps' sum first.
/// - Parameter packed: Receives `winogradPackedCount(depth:columns:)` floats.
@_lifetime(packed: copy packed)
public func winogradPack(
    _ weights: Span<Float>, _ layout: WeightLayout, bias: Span<Float> = Span(), into packed: inout MutableSpan<Float>,
    kernels: KernelSet = .current
) {
    precondition(
        layout.taps == 2 && packed.count == winogradPackedCount(depth: layout.depth, columns: layout.columns),
        "Winograd pack: \(packed.count) packed floats for \(layout)")
    unsafe withPacking(weights, layout, bias: bias) { arguments in
        unsafe packed.withUnsafeMutableBufferPointer { packed in
            unsafe kernels.table.pointee.winograd_pack(arguments, packed.baseAddress)
        }
    }
}

/// Forms the pairs of x, zeros behind each block: what `winogradProduct` multiplies.
/// - Parameters:
///   - x: [blocks, steps, columns], an even number of steps.
///   - pairs: Receives [blocks, steps / 2, 3, padded columns]; what stands in it beyond `columns` does not matter.
@_lifetime(pairs: copy pairs)
public func winogradPairs(
    _ x: Span<Float>, blocks: Int, steps: Int, columns: Int, into pairs: inout MutableSpan<Float>, kernels: KernelSet = .current
) {
    let layout = WinogradPairs(blocks: blocks, rows: steps / 2, depth: columns, parts: WinogradPairs.inputParts)
    precondition(
        steps.isMultiple(of: 2) && x.count == blocks * steps * columns && pairs.count == layout.count,
        "Winograd pairs: \(x.count) floats, \(pairs.count) of pairs for [\(blocks), \(steps), \(columns)]")
    unsafe x.withUnsafeBufferPointer { x in
        unsafe pairs.withUnsafeMutableBufferPointer { pairs in
            var arguments = unsafe hartrain_winograd_pairs(
                x: x.baseAddress, blocks: blocks, rows: steps, columns: columns, pairs: pairs.baseAddress)
            unsafe kernels.table.pointee.winograd_pairs(&arguments)
        }
    }
}

/// The convolution of two taps, from pairs, and what follows it.
/// - Parameters:
///   - packed: [2, depth, columns] and its bias, packed by `winogradPack` for the same kernel set.
///   - c: Receives [blocks, 2 rows, columns], or with `.reluMaxPool2` [blocks, rows, columns].
///   - winner: As in `product`.
///   - team: The threads that share the columns.
@_lifetime(c: copy c)
@_lifetime(winner: copy winner)
public func winogradProduct(
    _ pairs: Span<Float>, _ layout: WinogradPairs, packed: Span<Float>, columns: Int, epilogue: Epilogue,
    into c: inout MutableSpan<Float>, winner: inout MutableSpan<Float>, team: KernelTeam = .alone,
    kernels: KernelSet = .current
) {
    OperandRows(
        blocks: layout.blocks, blockStride: layout.blockStride, rows: layout.rows, rowStride: layout.rowStride,
        taps: WinogradPairs.inputParts, tapStride: layout.partStride, depth: layout.depth
    ).check(pairs.count, "Winograd product")
    precondition(
        packed.count == winogradPackedCount(depth: layout.depth, columns: columns)
            && c.count == layout.blocks * layout.rows * 2 / epilogue.shrink * columns
            && (winner.isEmpty || winner.count == c.count),
        "Winograd product: \(packed.count) packed floats, \(c.count) results, \(winner.count) winners for \(layout)")
    unsafe pairs.withUnsafeBufferPointer { pairs in
        unsafe packed.withUnsafeBufferPointer { packed in
            unsafe c.withUnsafeMutableBufferPointer { c in
                unsafe winner.withUnsafeMutableBufferPointer { winner in
                    var arguments = unsafe hartrain_winograd_product(
                        pairs: pairs.baseAddress, pair_block: layout.blockStride, pair_row: layout.rowStride,
                        pair_part: layout.partStride, blocks: layout.blocks, pair_rows: layout.rows, depth: layout.depth,
                        columns: columns, packed: packed.baseAddress, c: c.baseAddress, c_row: columns,
                        epilogue: epilogue.code, winner: winner.baseAddress)
                    unsafe withUnsafePointer(to: &arguments) { arguments in
                        team.run(
                            unsafe KernelCall(kernels, winogradProduct: arguments), columns: columns,
                            operations: 6 * layout.blocks * layout.rows * layout.depth * columns)
                    }
                }
            }
        }
    }
}

/// Forms the pairs of an output's gradient: what the gradients of weights and input multiply.
/// - Parameters:
///   - dy: [blocks, 2 rows, columns], or with `winner` as `winogradProduct` wrote it, both [blocks, rows, columns].
///   - pairs: Receives [blocks, rows, 5, padded columns]; what stands in it beyond `columns` does not matter.
///   - sums: The sums of the columns are added to it: the gradient of the bias. Empty where there is none.
@_lifetime(pairs: copy pairs)
@_lifetime(sums: copy sums)
public func winogradGradients(
    dy: Span<Float>, winner: Span<Float> = Span(), blocks: Int, rows: Int, columns: Int,
    into pairs: inout MutableSpan<Float>, addingSumsTo sums: inout MutableSpan<Float>, kernels: KernelSet = .current
) {
    let layout = WinogradPairs(blocks: blocks, rows: rows, depth: columns, parts: WinogradPairs.gradientParts)
    precondition(
        dy.count == blocks * rows * columns * (winner.isEmpty ? 2 : 1) && (winner.isEmpty || winner.count == dy.count)
            && pairs.count == layout.count && (sums.isEmpty || sums.count == columns),
        "Winograd gradients: \(dy.count) and \(winner.count) floats, \(sums.count) sums for [\(blocks), \(rows), \(columns)]")
    unsafe dy.withUnsafeBufferPointer { dy in
        unsafe winner.withUnsafeBufferPointer { winner in
            unsafe pairs.withUnsafeMutableBufferPointer { pairs in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    var arguments = unsafe hartrain_winograd_gradients(
                        dy: dy.baseAddress, winner: winner.isEmpty ? nil : winner.baseAddress, blocks: blocks, pair_rows: rows,
                        columns: columns, pairs: pairs.baseAddress, sums: sums.isEmpty ? nil : sums.baseAddress)
                    unsafe kernels.table.pointee.winograd_gradients(&arguments)
                }
            }
        }
    }
}

/// Adds the gradient of the weights of a convolution of two taps, from the pairs of its input and of its output's gradient.
///
///     dw0 += sum x1 (d0 + d1) + sum (x0 - x1) d0,   dw1 += sum x1 (d0 + d1) + sum (x2 - x1) d1
/// - Parameters:
///   - x: As `winogradPairs` wrote them, `d` as `winogradGradients` did, for the same blocks and rows.
///   - dWeight: [2, channels, filters].
///   - team: The threads that share the filters.
@_lifetime(dWeight: copy dWeight)
public func addWinogradOuterProduct(
    _ x: Span<Float>, _ inputs: WinogradPairs, _ d: Span<Float>, _ gradients: WinogradPairs,
    to dWeight: inout MutableSpan<Float>, team: KernelTeam = .alone, kernels: KernelSet = .current
) {
    precondition(
        inputs.blocks == gradients.blocks && inputs.rows == gradients.rows && x.count == inputs.count
            && d.count == gradients.count && dWeight.count == 2 * inputs.depth * gradients.depth,
        "Winograd outer product: \(x.count), \(d.count) floats of \(inputs), \(gradients) for \(dWeight.count) weights")
    unsafe x.withUnsafeBufferPointer { x in
        unsafe d.withUnsafeBufferPointer { d in
            unsafe dWeight.withUnsafeMutableBufferPointer { dWeight in
                var arguments = unsafe hartrain_winograd_outer_product(
                    pairs: x.baseAddress, pair_block: inputs.blockStride, pair_row: inputs.rowStride,
                    pair_part: inputs.partStride, gradients: d.baseAddress, gradient_block: gradients.blockStride,
                    gradient_row: gradients.rowStride, gradient_part: gradients.partStride, blocks: inputs.blocks,
                    pair_rows: inputs.rows, depth: inputs.depth, columns: gradients.depth, c: dWeight.baseAddress)
                unsafe withUnsafePointer(to: &arguments) { arguments in
                    team.run(
                        unsafe KernelCall(kernels, winogradOuterProduct: arguments), columns: gradients.depth,
                        operations: 6 * inputs.blocks * inputs.rows * inputs.depth * gradients.depth)
                }
            }
        }
    }
}
