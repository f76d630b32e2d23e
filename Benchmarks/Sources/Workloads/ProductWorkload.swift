import Benchmarking
import Kernels
import LinearAlgebra

/// A product [rows, depth] by [depth, columns], as a dense layer has it: by the kernel that layers use, or by OpenBLAS.
public struct ProductWorkload: Sendable {
    let rows: Int
    let depth: Int
    let columns: Int

    /// Reads "64x2048x1024": rows, depth, columns. nil where the text says nothing of the kind.
    public init?(_ text: Substring) {
        let extents = text.split(separator: "x").compactMap { Int($0) }
        guard extents.count == 3, extents.allSatisfy({ $0 > 0 }) else { return nil }
        (rows, depth, columns) = (extents[0], extents[1], extents[2])
    }

    /// By weights that are packed already, as a prediction finds them.
    public func kernel() -> Workload {
        let extents = self
        let x = Workload.randomValues(rows * depth)
        let packed = Workload.randomValues(packedCount(depth: depth, columns: columns))
        var y = [Float](repeating: 0, count: rows * columns)
        return Workload {
            var result = y.mutableSpan
            product(
                x.span, OperandRows(rows: extents.rows, depth: extents.depth), packed: packed.span, columns: extents.columns,
                into: &result, rowStride: extents.columns)
        }
    }

    /// By OpenBLAS on one thread, from weights as they stand.
    /// - Throws: A `BLASError` where OpenBLAS cannot be loaded or has too little memory.
    public func blas() throws(BLASError) -> Workload {
        try BLAS.reserve(threads: 1)
        let extents = self
        let x = Workload.randomValues(rows * depth)
        let weights = Workload.randomValues(depth * columns)
        var y = [Float](repeating: 0, count: rows * columns)
        return Workload {
            var result = y.mutableSpan
            gemm(
                m: extents.rows, n: extents.columns, k: extents.depth, x.span, lda: extents.depth, .plain, weights.span,
                ldb: extents.columns, .plain, into: &result, ldc: extents.columns)
        }
    }
}
