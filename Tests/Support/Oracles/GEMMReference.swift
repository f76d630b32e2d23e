import LinearAlgebra

/// `gemm` as the definition reads: three plain loops, sums in double precision, no BLAS.
///
/// The oracle of `gemm`'s tests: same parameters, and like `gemm` it writes nothing between the rows of C.
@_lifetime(c: copy c)
public func gemmReference(
    m: Int, n: Int, k: Int,
    _ a: Span<Float>, lda: Int, _ orientationA: Orientation = .plain,
    _ b: Span<Float>, ldb: Int, _ orientationB: Orientation = .plain,
    into c: inout MutableSpan<Float>, ldc: Int,
    accumulate: Bool = false
) {
    for row in 0..<m {
        for column in 0..<n {
            var sum = accumulate ? Double(c[row * ldc + column]) : 0
            for i in 0..<k {
                let x = orientationA == .plain ? a[row * lda + i] : a[i * lda + row]
                let y = orientationB == .plain ? b[i * ldb + column] : b[column * ldb + i]
                sum += Double(x) * Double(y)
            }
            c[row * ldc + column] = Float(sum)
        }
    }
}
