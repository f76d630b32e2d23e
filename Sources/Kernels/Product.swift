import CKernels

/// What happens to a row of a product before it is stored.
public enum Epilogue: Sendable {
    /// Nothing.
    case plain
    /// The maximum over rows 2 r and 2 r + 1 of max(0, v) is row r. The first wins a tie, a NaN wins.
    case reluMaxPool2

    /// Rows that become one.
    public var shrink: Int { self == .reluMaxPool2 ? 2 : 1 }
}

/// c = a b + bias with packed b, and what follows it: the kernel of dense layers, of convolutions that `winogradProduct` does not
/// take, and of their and an LSTM's input gradients.
///
/// - Parameters:
///   - rows: How the rows of a stand in memory.
///   - packed: [rows.width, columns] and its bias, packed by `pack` for the same kernel set.
///   - c: Row r of block i begins at i blockStride + r rowStride; floats between rows stay as they are.
///   - winner: With `.reluMaxPool2`, where not empty: laid out as c, 1 where the first row gave the maximum, -1 where the second
///     did, 0 where the maximum is not above 0.
@_lifetime(c: copy c)
@_lifetime(winner: copy winner)
public func product(
    _ a: Span<Float>, _ rows: OperandRows, packed: Span<Float>, columns: Int, epilogue: Epilogue = .plain,
    into c: inout MutableSpan<Float>, blockStride: Int, rowStride: Int, winner: inout MutableSpan<Float>,
    kernels: KernelSet = .current
) {
    rows.check(a.count, "product")
    let results = OperandRows(
        blocks: rows.blocks, blockStride: blockStride, rows: rows.rows / epilogue.shrink, rowStride: rowStride, taps: 1,
        tapStride: 0, depth: columns)
    results.check(c.count, "product, result")
    precondition(
        packed.count == packedCount(depth: rows.width, columns: columns) && (winner.isEmpty || winner.count == c.count),
        "product: \(packed.count) packed floats for [\(rows.width), \(columns)], \(winner.count) winners for \(c.count)")
    unsafe a.withUnsafeBufferPointer { a in
        unsafe packed.withUnsafeBufferPointer { packed in
            unsafe c.withUnsafeMutableBufferPointer { c in
                unsafe winner.withUnsafeMutableBufferPointer { winner in
                    var arguments = unsafe hartrain_product(
                        a: a.baseAddress, a_block: rows.blockStride, a_row: rows.rowStride, a_tap: rows.tapStride,
                        blocks: rows.blocks, rows: rows.rows, taps: rows.taps, depth: rows.depth, columns: columns,
                        packed: packed.baseAddress, c: c.baseAddress, c_block: blockStride, c_row: rowStride,
                        epilogue: epilogue.code, winner: winner.baseAddress)
                    unsafe kernels.table.pointee.product(&arguments)
                }
            }
        }
    }
}

/// `product` without pooling.
@_lifetime(c: copy c)
public func product(
    _ a: Span<Float>, _ rows: OperandRows, packed: Span<Float>, columns: Int, epilogue: Epilogue = .plain,
    into c: inout MutableSpan<Float>, blockStride: Int = 0, rowStride: Int, kernels: KernelSet = .current
) {
    var none = MutableSpan<Float>()
    product(
        a, rows, packed: packed, columns: columns, epilogue: epilogue, into: &c, blockStride: blockStride, rowStride: rowStride,
        winner: &none, kernels: kernels)
}

extension Epilogue {
    var code: hartrain_epilogue {
        switch self {
        case .plain: HARTRAIN_PLAIN
        case .reluMaxPool2: HARTRAIN_RELU_MAXPOOL2
        }
    }
}
