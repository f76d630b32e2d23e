import CBLAS

/// How a matrix operand stands in memory.
public enum Orientation: Sendable {
    /// As the product reads it.
    case plain
    /// The product reads rows as columns.
    case transposed
}

/// Matrix product, C = A · B or C += A · B, in single precision, on the calling thread.
///
/// OpenBLAS computes it; the first call loads it. Where it cannot be loaded (`BLAS.load` says why) or gets no memory (`BLAS.reserve`),
/// `portableProduct` does: the same result but for the last digits, more slowly the larger the matrices are.
///
/// All matrices are row-major. A is [m, k] ([k, m] when transposed), B is [k, n] ([n, k] when transposed), C is [m, n].
/// Every extent and leading dimension is checked here: OpenBLAS itself only prints a line and leaves C unwritten. None may be above
/// the 32 bits that it counts with.
///
/// - Parameters:
///   - lda: Elements between the starts of A's rows in memory; likewise `ldb` and `ldc`.
///   - accumulate: Whether the product is added to C instead of replacing it.
@_lifetime(c: copy c)
public func gemm(
    m: Int, n: Int, k: Int,
    _ a: Span<Float>, lda: Int, _ orientationA: Orientation,
    _ b: Span<Float>, ldb: Int, _ orientationB: Orientation,
    into c: inout MutableSpan<Float>, ldc: Int,
    accumulate: Bool = false
) {
    checkGEMM(
        m: m, n: n, k: k, countA: a.count, lda: lda, orientationA, countB: b.count, ldb: ldb, orientationB,
        countC: c.count, ldc: ldc)
    guard m > 0, n > 0 else { return }
    guard k > 0 else {
        if !accumulate { clearMatrix(m: m, n: n, &c, ldc: ldc) }
        return
    }
    let isDone = unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
            unsafe c.withUnsafeMutableBufferPointer { c in
                guard hartrain_blas_load() else { return false }
                return unsafe hartrain_blas_sgemm(
                    orientationA == .transposed, orientationB == .transposed, m, n, k, a.baseAddress, lda, b.baseAddress, ldb,
                    accumulate, c.baseAddress, ldc)
            }
        }
    }
    guard !isDone else { return }
    portableProduct(
        m: m, n: n, k: k, a, lda: lda, orientationA, b, ldb: ldb, orientationB, into: &c, ldc: ldc, accumulate: accumulate)
}

/// Traps unless the operands hold the product.
func checkGEMM(
    m: Int, n: Int, k: Int, countA: Int, lda: Int, _ orientationA: Orientation,
    countB: Int, ldb: Int, _ orientationB: Orientation, countC: Int, ldc: Int
) {
    precondition(m >= 0 && n >= 0 && k >= 0, "gemm: negative extent m \(m), n \(n), k \(k)")
    let largest = max(m, n, k, lda, ldb, ldc)
    precondition(largest <= Int32.max, "gemm: an extent of \(largest) is above the 32 bits of BLAS")
    func check(_ name: String, rows: Int, columns: Int, leading: Int, count: Int) {
        precondition(leading >= max(1, columns), "gemm: leading dimension \(leading) of \(name) is below its \(columns) columns")
        precondition(
            rows == 0 || columns == 0 || (rows - 1) * leading + columns <= count,
            "gemm: \(name) holds \(count) elements, fewer than \(rows) rows of \(columns) at distance \(leading)")
    }
    switch orientationA {
    case .plain: check("A", rows: m, columns: k, leading: lda, count: countA)
    case .transposed: check("A", rows: k, columns: m, leading: lda, count: countA)
    }
    switch orientationB {
    case .plain: check("B", rows: k, columns: n, leading: ldb, count: countB)
    case .transposed: check("B", rows: n, columns: k, leading: ldb, count: countB)
    }
    check("C", rows: m, columns: n, leading: ldc, count: countC)
}

/// Sets the [m, n] matrix to zero, leaving what stands between its rows.
@_lifetime(c: copy c)
func clearMatrix(m: Int, n: Int, _ c: inout MutableSpan<Float>, ldc: Int) {
    for row in 0..<m {
        for column in 0..<n { c[row * ldc + column] = 0 }
    }
}
