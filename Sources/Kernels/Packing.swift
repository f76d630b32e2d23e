import CKernels

/// The floats that packed weights take: [depth, columns] with a bias, columns padded.
public func packedCount(depth: Int, columns: Int) -> Int { (depth + 1) * KernelSet.padded(columns) }

/// How weights [taps, depth, columns] stand in memory before they are packed.
public struct WeightLayout: Equatable, Sendable {
    public var taps: Int
    public var depth: Int
    public var columns: Int
    /// Floats from one tap to the next; below 0, the taps are taken from the last to the first.
    public var tapStride: Int
    public var rowStride: Int
    public var columnStride: Int

    public init(taps: Int, tapStride: Int, depth: Int, rowStride: Int, columns: Int, columnStride: Int) {
        self.taps = taps
        self.depth = depth
        self.columns = columns
        self.tapStride = tapStride
        self.rowStride = rowStride
        self.columnStride = columnStride
    }

    /// A plain matrix [depth, columns].
    public init(depth: Int, columns: Int) {
        self.init(taps: 1, tapStride: 0, depth: depth, rowStride: columns, columns: columns, columnStride: 1)
    }

    /// The transpose of a plain matrix [columns, depth].
    public static func transposed(depth: Int, columns: Int) -> WeightLayout {
        WeightLayout(taps: 1, tapStride: 0, depth: depth, rowStride: 1, columns: columns, columnStride: depth)
    }

    /// Where the first tap begins.
    fileprivate var start: Int { max(0, -tapStride * (taps - 1)) }

    fileprivate var extent: Int {
        guard taps > 0, depth > 0, columns > 0 else { return 0 }
        return abs(tapStride) * (taps - 1) + rowStride * (depth - 1) + columnStride * (columns - 1) + 1
    }
}

/// Brings weights into the order in which `product` reads them.
///
/// - Parameters:
///   - bias: One for each column, or empty for zeros.
///   - packed: Receives `packedCount(depth: taps * depth, columns:)` floats.
@_lifetime(packed: copy packed)
public func pack(
    _ weights: Span<Float>, _ layout: WeightLayout, bias: Span<Float> = Span(), into packed: inout MutableSpan<Float>,
    kernels: KernelSet = .current
) {
    precondition(
        packed.count == packedCount(depth: layout.taps * layout.depth, columns: layout.columns),
        "pack: \(packed.count) packed floats for \(layout)")
    unsafe withPacking(weights, layout, bias: bias) { arguments in
        unsafe packed.withUnsafeMutableBufferPointer { packed in
            unsafe kernels.table.pointee.pack(arguments, packed.baseAddress)
        }
    }
}

/// Calls `body` with checked weights as the kernels take them.
func withPacking(
    _ weights: Span<Float>, _ layout: WeightLayout, bias: Span<Float>, _ body: (UnsafePointer<hartrain_packing>) -> Void
) {
    precondition(
        layout.taps >= 0 && layout.depth >= 0 && layout.columns >= 0 && layout.rowStride >= 0 && layout.columnStride >= 0
            && layout.extent <= weights.count && (bias.isEmpty || bias.count == layout.columns),
        "pack: \(weights.count) weights, \(bias.count) biases for \(layout)")
    unsafe weights.withUnsafeBufferPointer { weights in
        unsafe bias.withUnsafeBufferPointer { bias in
            var arguments = unsafe hartrain_packing(
                b: weights.baseAddress.map { unsafe $0 + layout.start }, b_tap: layout.tapStride, b_row: layout.rowStride,
                b_column: layout.columnStride, bias: bias.isEmpty ? nil : bias.baseAddress, taps: layout.taps,
                depth: layout.depth, columns: layout.columns)
            unsafe body(&arguments)
        }
    }
}
