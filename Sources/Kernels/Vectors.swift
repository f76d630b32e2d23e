import CKernels

/// Copies all of `source` over `target`.
@_lifetime(target: copy target)
public func copy(_ source: Span<Float>, to target: inout MutableSpan<Float>) {
    precondition(source.count == target.count, "copy: \(source.count) floats to \(target.count)")
    copyRows(source, rows: 1, width: source.count, rowStride: source.count, to: &target, rowStride: source.count)
}

/// Copies rows of `width` floats; rows of the source and of the target begin `rowStride` floats apart, the target's from `start` on.
@_lifetime(target: copy target)
public func copyRows(
    _ source: Span<Float>, rows: Int, width: Int, rowStride: Int, to target: inout MutableSpan<Float>, from start: Int = 0,
    rowStride targetStride: Int
) {
    guard rows > 0, width > 0 else { return }
    precondition(
        rowStride >= 0 && targetStride >= width && start >= 0 && (rows - 1) * rowStride + width <= source.count
            && start + (rows - 1) * targetStride + width <= target.count,
        "copyRows: \(rows) rows of \(width) from \(source.count) floats to \(target.count)")
    unsafe source.withUnsafeBufferPointer { source in
        unsafe target.withUnsafeMutableBufferPointer { target in
            guard let from = source.baseAddress, let to = target.baseAddress else { return }
            for row in 0..<rows {
                unsafe (to + start + row * targetStride).update(from: from + row * rowStride, count: width)
            }
        }
    }
}

/// target[i] += source[i].
@_lifetime(target: copy target)
public func add(_ source: Span<Float>, to target: inout MutableSpan<Float>) {
    precondition(source.count == target.count, "add: \(source.count) floats to \(target.count)")
    for i in source.indices { target[i] += source[i] }
}

/// y[i] = a[i] * b[i].
@_lifetime(y: copy y)
public func multiply(_ a: Span<Float>, _ b: Span<Float>, into y: inout MutableSpan<Float>) {
    precondition(a.count == y.count && b.count == y.count, "multiply: extents \(a.count), \(b.count), \(y.count)")
    for i in a.indices { y[i] = a[i] * b[i] }
}

/// Sets every float to `value`.
@_lifetime(target: copy target)
public func fill(_ target: inout MutableSpan<Float>, _ value: Float) {
    for i in target.indices { target[i] = value }
}

/// Multiplies every float by `factor`.
@_lifetime(target: copy target)
public func scale(_ target: inout MutableSpan<Float>, by factor: Float) {
    for i in target.indices { target[i] *= factor }
}

/// Limits every float to -limit ... limit; a NaN stays a NaN.
@_lifetime(target: copy target)
public func clip(_ target: inout MutableSpan<Float>, to limit: Float) {
    for i in target.indices {
        let low = target[i] < -limit ? -limit : target[i]
        target[i] = low > limit ? limit : low
    }
}

/// The sum of the squares, accumulated in double precision.
public func sumOfSquares(_ x: Span<Float>) -> Double {
    var sum = 0.0
    for i in x.indices { sum += Double(x[i]) * Double(x[i]) }
    return sum
}

/// The place of the first float that is infinite or NaN; nil where there is none.
public func firstNonFinite(_ x: Span<Float>) -> Int? {
    // The largest magnitude as a whole number is found by vectors, the place only one by one.
    var largest: Int32 = 0
    for i in x.indices { largest = max(largest, Int32(bitPattern: x[i].bitPattern & 0x7FFF_FFFF)) }
    guard largest >= Int32(bitPattern: Float.infinity.bitPattern) else { return nil }
    for i in x.indices where !x[i].isFinite { return i }
    return nil
}

/// The place of the largest float, of equal ones the first; 0 where there are none.
@inlinable
public func argmax(_ x: Span<Float>) -> Int {
    var best = 0
    for i in x.indices where x[i] > x[best] { best = i }
    return best
}

/// sums[c] += the sum of column c of x [rows, columns]: the gradient of a bias.
/// - Parameter rowStride: Floats from one row to the next; as many as there are sums where not given.
@_lifetime(sums: copy sums)
public func addColumnSums(
    _ x: Span<Float>, rows: Int, rowStride: Int? = nil, to sums: inout MutableSpan<Float>, kernels: KernelSet = .current
) {
    let columns = sums.count
    let stride = rowStride ?? columns
    OperandRows(rows: rows, depth: columns, rowStride: stride).check(x.count, "column sums")
    unsafe x.withUnsafeBufferPointer { x in
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe kernels.table.pointee.column_sums(x.baseAddress, rows, stride, columns, sums.baseAddress)
        }
    }
}
