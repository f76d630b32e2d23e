/// Copies all of `source` over `target`.
public func copy(_ source: Span<Float>, to target: inout MutableSpan<Float>) {
    precondition(source.count == target.count, "copy: \(source.count) floats to \(target.count)")
    for i in source.indices { target[i] = source[i] }
}

/// target[i] += source[i].
public func add(_ source: Span<Float>, to target: inout MutableSpan<Float>) {
    precondition(source.count == target.count, "add: \(source.count) floats to \(target.count)")
    for i in source.indices { target[i] += source[i] }
}

/// y[i] = a[i] * b[i].
public func multiply(_ a: Span<Float>, _ b: Span<Float>, into y: inout MutableSpan<Float>) {
    precondition(a.count == y.count && b.count == y.count, "multiply: extents \(a.count), \(b.count), \(y.count)")
    for i in a.indices { y[i] = a[i] * b[i] }
}

/// Sets every float to `value`.
public func fill(_ target: inout MutableSpan<Float>, _ value: Float) {
    for i in target.indices { target[i] = value }
}

/// Multiplies every float by `factor`.
public func scale(_ target: inout MutableSpan<Float>, by factor: Float) {
    for i in target.indices { target[i] *= factor }
}

/// Limits every float to -limit ... limit; a NaN stays a NaN.
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

/// Whether no float is infinite or NaN.
public func allFinite(_ x: Span<Float>) -> Bool {
    for i in x.indices where !x[i].isFinite { return false }
    return true
}

/// Writes the row of `columns` floats into each of `rows` rows: the bias, before a product is added to it.
public func repeatRow(_ row: Span<Float>, rows: Int, into y: inout MutableSpan<Float>) {
    let columns = row.count
    precondition(y.count == rows * columns, "repeatRow: \(rows) rows of \(columns) into \(y.count) floats")
    for r in 0..<rows {
        for c in 0..<columns { y[r * columns + c] = row[c] }
    }
}

/// sums[c] += the sum of column c of x [rows, columns]: the gradient of a bias.
public func addColumnSums(_ x: Span<Float>, rows: Int, to sums: inout MutableSpan<Float>) {
    let columns = sums.count
    precondition(x.count == rows * columns, "addColumnSums: \(x.count) floats are not \(rows) rows of \(columns)")
    for r in 0..<rows {
        for c in 0..<columns { sums[c] += x[r * columns + c] }
    }
}

/// Swaps the two outer dimensions: x [outer, middle, inner] to y [middle, outer, inner], as between batches and time-major slabs.
public func swapOuterDimensions(_ x: Span<Float>, outer: Int, middle: Int, inner: Int, into y: inout MutableSpan<Float>) {
    precondition(
        x.count == outer * middle * inner && y.count == x.count,
        "swapOuterDimensions: \(x.count) and \(y.count) floats for [\(outer), \(middle), \(inner)]")
    for o in 0..<outer {
        for m in 0..<middle {
            let source = (o * middle + m) * inner
            let target = (m * outer + o) * inner
            for i in 0..<inner { y[target + i] = x[source + i] }
        }
    }
}
