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
///   - team: The threads that share the columns.
@_lifetime(c: copy c)
@_lifetime(winner: copy winner)
public func product(
    _ a: Span<Float>, _ rows: OperandRows, packed: Span<Float>, columns: Int, epilogue: Epilogue = .plain,
    into c: inout MutableSpan<Float>, blockStride: Int, rowStride: Int, winner: inout MutableSpan<Float>,
    team: KernelTeam = .alone, kernels: KernelSet = .current
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
                    unsafe withUnsafePointer(to: &arguments) { arguments in
                        team.run(
                            unsafe KernelCall(kernels, product: arguments), columns: columns,
                            operations: KernelTeam.operations(rows: rows.blocks * rows.rows, weights: rows.width * columns))
                    }
                }
            }
        }
    }
}

/// `product` without pooling.
@_lifetime(c: copy c)
public func product(
    _ a: Span<Float>, _ rows: OperandRows, packed: Span<Float>, columns: Int, epilogue: Epilogue = .plain,
    into c: inout MutableSpan<Float>, blockStride: Int = 0, rowStride: Int, team: KernelTeam = .alone,
    kernels: KernelSet = .current
) {
    var none = MutableSpan<Float>()
    product(
        a, rows, packed: packed, columns: columns, epilogue: epilogue, into: &c, blockStride: blockStride, rowStride: rowStride,
        winner: &none, team: team, kernels: kernels)
}

/// c = a b + bias with b as it stands in memory, packed on the way: for many weights that change before they are multiplied again.
///
/// - Parameters:
///   - a: [rows, layout.depth].
///   - bias: One for each column, or empty for zeros.
///   - c: Receives [rows, layout.columns].
///   - team: The threads that share the columns.
@_lifetime(c: copy c)
public func product(
    _ a: Span<Float>, rows: Int, weights: Span<Float>, _ layout: WeightLayout, bias: Span<Float> = Span(),
    into c: inout MutableSpan<Float>, team: KernelTeam = .alone, kernels: KernelSet = .current
) {
    precondition(
        layout.taps == 1 && a.count == rows * layout.depth && c.count == rows * layout.columns,
        "product: \(a.count) floats for \(c.count) by \(layout)")
    unsafe withPacking(weights, layout, bias: bias) { packing in
        unsafe a.withUnsafeBufferPointer { a in
            unsafe c.withUnsafeMutableBufferPointer { c in
                var arguments = unsafe hartrain_product(
                    a: a.baseAddress, a_block: 0, a_row: layout.depth, a_tap: 0, blocks: 1, rows: rows, taps: 1,
                    depth: layout.depth, columns: layout.columns, packed: nil, c: c.baseAddress, c_block: 0,
                    c_row: layout.columns, epilogue: HARTRAIN_PLAIN, winner: nil)
                unsafe withUnsafePointer(to: &arguments) { arguments in
                    team.run(
                        unsafe KernelCall(kernels, product: arguments, weights: packing), columns: layout.columns,
                        operations: KernelTeam.operations(rows: rows, weights: layout.depth * layout.columns))
                }
            }
        }
    }
}

extension Epilogue {
    var code: hartrain_epilogue {
        switch self {
        case .plain: HARTRAIN_PLAIN
        case .reluMaxPool2: HARTRAIN_RELU_MAXPOOL2
        }
    }
}
