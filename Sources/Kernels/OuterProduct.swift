import CKernels

/// c += aᵀ b, summed over all rows: the gradient of the weights of a `product`.
///
/// - Parameters:
///   - rows: How the rows of a stand in memory.
///   - b: Row r of block i begins at i blockStride + r rowStride, and can be read up to its padded extent; what stands there beyond
///     `columns` does not matter.
///   - c: [rows.width, columns], rows `resultStride` apart.
///   - team: The threads that share the columns.
@_lifetime(c: copy c)
public func addOuterProduct(
    _ a: Span<Float>, _ rows: OperandRows, _ b: Span<Float>, columns: Int, blockStride: Int = 0, rowStride: Int,
    to c: inout MutableSpan<Float>, resultStride: Int, team: KernelTeam = .alone, kernels: KernelSet = .current
) {
    rows.check(a.count, "outer product")
    OperandRows(
        blocks: rows.blocks, blockStride: blockStride, rows: rows.rows, rowStride: rowStride, taps: 1, tapStride: 0,
        depth: KernelSet.padded(columns)
    ).check(b.count, "outer product, right operand")
    OperandRows(rows: rows.width, depth: columns, rowStride: resultStride).check(c.count, "outer product, result")
    unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
            unsafe c.withUnsafeMutableBufferPointer { c in
                var arguments = unsafe hartrain_outer_product(
                    a: a.baseAddress, a_block: rows.blockStride, a_row: rows.rowStride, a_tap: rows.tapStride,
                    blocks: rows.blocks, rows: rows.rows, taps: rows.taps, depth: rows.depth, columns: columns,
                    b: b.baseAddress, b_block: blockStride, b_row: rowStride, c: c.baseAddress, c_row: resultStride)
                unsafe withUnsafePointer(to: &arguments) { arguments in
                    team.run(
                        unsafe KernelCall(kernels, outerProduct: arguments), columns: columns,
                        operations: 2 * rows.blocks * rows.rows * rows.width * columns)
                }
            }
        }
    }
}
