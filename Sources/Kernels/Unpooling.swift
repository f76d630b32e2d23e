import CKernels

/// The way back through `Epilogue.reluMaxPool2`: each dy goes to the row that gave the maximum, zero to the other.
///
/// - Parameters:
///   - dy: [blocks, rows, columns], as is `winner`, which `product` wrote.
///   - dx: Rows 2 r and 2 r + 1 of block i begin at start + i blockStride + 2 r rowStride and are written up to their padded extent.
///   - sums: The sums of the columns are added to it: the gradient of the bias. Empty where there is none.
@_lifetime(dx: copy dx)
@_lifetime(sums: copy sums)
public func unpoolGradient(
    dy: Span<Float>, winner: Span<Float>, blocks: Int, rows: Int, columns: Int, into dx: inout MutableSpan<Float>,
    from start: Int = 0, blockStride: Int, rowStride: Int, addingSumsTo sums: inout MutableSpan<Float>,
    kernels: KernelSet = .current
) {
    OperandRows(
        blocks: blocks, blockStride: blockStride, rows: 2 * rows, rowStride: rowStride, taps: 1, tapStride: 0,
        depth: KernelSet.padded(columns)
    ).check(dx.count - start, "unpooling")
    precondition(
        start >= 0 && dy.count == blocks * rows * columns && winner.count == dy.count
            && (sums.isEmpty || sums.count == columns),
        "unpooling: \(dy.count) gradients, \(winner.count) winners, \(sums.count) sums for [\(blocks), \(rows), \(columns)]")
    unsafe dy.withUnsafeBufferPointer { dy in
        unsafe winner.withUnsafeBufferPointer { winner in
            unsafe dx.withUnsafeMutableBufferPointer { dx in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    var arguments = unsafe hartrain_unpooling(
                        dy: dy.baseAddress, winner: winner.baseAddress, blocks: blocks, rows: rows, columns: columns,
                        dx: dx.baseAddress.map { unsafe $0 + start }, dx_block: blockStride, dx_row: rowStride,
                        sums: sums.isEmpty ? nil : sums.baseAddress)
                    unsafe kernels.table.pointee.unpool(&arguments)
                }
            }
        }
    }
}
