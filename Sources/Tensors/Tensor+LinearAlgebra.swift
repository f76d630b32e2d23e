import LinearAlgebra
import Memory

extension Tensor {
    /// The matrix product, over the last axis of this tensor and the last but one of the other.
    ///
    /// Both may have rank 1 to 3: [m, k] · [k, n] is [m, n]; a vector [k] is a row on the left, a column on the right, and its axis
    /// of extent 1 disappears from the result, so [k] · [k] is a scalar; with rank 3 the first axis counts matrices, [b, m, k] ·
    /// [b, k, n] is [b, m, n], and an operand with one matrix, [1, k, n] or [k, n], serves all of the other's.
    /// - Throws: `ShapeError` when the inner extents or the counts of matrices differ, and for other ranks.
    public func matmul(_ other: Tensor) throws(ShapeError) -> Tensor {
        func failure(_ hint: String) -> ShapeError { ShapeError("matmul", shape, other.shape, hint: hint) }
        guard (1...3).contains(rank) && (1...3).contains(other.rank) else { throw failure("the ranks must be 1 to 3") }
        let left = rank == 1 ? [1, 1, count] : [Int](repeating: 1, count: 3 - rank) + shape.dimensions
        let right = other.rank == 1 ? [1, other.count, 1] : [Int](repeating: 1, count: 3 - other.rank) + other.shape.dimensions
        guard left[2] == right[1] else { throw failure("the inner extents \(left[2]) and \(right[1]) differ") }
        guard left[0] == right[0] || left[0] == 1 || right[0] == 1 else {
            throw failure("the counts of matrices \(left[0]) and \(right[0]) differ and neither is 1")
        }

        let batch = left[0] == 1 ? right[0] : left[0]
        var extents = rank < 3 && other.rank < 3 ? [] : [batch]
        if rank > 1 { extents.append(left[1]) }
        if other.rank > 1 { extents.append(right[2]) }

        var result = Tensor.zeros(Shape(extents))
        // One matrix on the right: all rows on the left, whatever their matrix, make one larger product.
        if right[0] == 1 {
            result.multiply(self, other, batch: 1, m: left[0] * left[1], k: left[2], n: right[2])
        } else {
            result.multiply(self, other, batch: batch, m: left[1], k: left[2], n: right[2])
        }
        return result
    }

    /// Sets this tensor [batch, m, n] to the products of [batch, m, k] (or one [m, k]) and [batch, k, n] (or one [k, n]).
    private mutating func multiply(_ a: Tensor, _ b: Tensor, batch: Int, m: Int, k: Int, n: Int) {
        let left = a.values.span
        let right = b.values.span
        var rest = values.mutableSpan
        let leftStep = a.count == m * k ? 0 : m * k
        let rightStep = b.count == k * n ? 0 : k * n
        for i in 0..<batch {
            let x = left.extracting(i * leftStep..<i * leftStep + m * k)
            let y = right.extracting(i * rightStep..<i * rightStep + k * n)
            var product = rest._mutatingExtracting(i * m * n..<(i + 1) * m * n)
            gemm(
                m: m, n: n, k: k, x, lda: Swift.max(1, k), .plain, y, ldb: Swift.max(1, n), .plain, into: &product,
                ldc: Swift.max(1, n))
        }
    }
}
