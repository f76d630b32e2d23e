import Kernels

/// `gemm` by the kernels of this package, for machines without OpenBLAS: same parameters, which `gemm` has checked, and k above 0.
///
/// B is copied into the kernels' order, and where the product is added to C it is computed beside it: memory that `gemm` does not take.
@_lifetime(c: copy c)
func portableProduct(
    m: Int, n: Int, k: Int,
    _ a: Span<Float>, lda: Int, _ orientationA: Orientation,
    _ b: Span<Float>, ldb: Int, _ orientationB: Orientation,
    into c: inout MutableSpan<Float>, ldc: Int,
    accumulate: Bool = false, kernels: KernelSet = .current
) {
    let rows =
        switch orientationA {
        case .plain: OperandRows(rows: m, depth: k, rowStride: lda)
        // A row is a column in memory: runs of one float.
        case .transposed: OperandRows(blocks: 1, blockStride: 0, rows: m, rowStride: 1, taps: k, tapStride: lda, depth: 1)
        }
    var packed = [Float](repeating: 0, count: packedCount(depth: k, columns: n))
    var packedSpan = packed.mutableSpan
    let (rowStride, columnStride) = orientationB == .plain ? (ldb, 1) : (1, ldb)
    pack(
        b,
        WeightLayout(taps: 1, tapStride: 0, depth: k, rowStride: rowStride, columns: n, columnStride: columnStride),
        into: &packedSpan, kernels: kernels)
    guard accumulate else {
        return product(a, rows, packed: packed.span, columns: n, into: &c, rowStride: ldc, kernels: kernels)
    }
    var sums = [Float](repeating: 0, count: m * n)
    var sumsSpan = sums.mutableSpan
    product(a, rows, packed: packed.span, columns: n, into: &sumsSpan, rowStride: n, kernels: kernels)
    for row in 0..<m {
        for column in 0..<n { c[row * ldc + column] += sumsSpan[row * n + column] }
    }
}
