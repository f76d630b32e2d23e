import LinearAlgebra
import Memory
import Oracles
import Tensors
import Testing

@Suite struct TensorMatmulTests {
    @Test func matrices() throws {
        let a: Tensor = [[1, 2, 3], [4, 5, 6]]
        let b: Tensor = [[1, 0], [2, 1], [0, -1]]
        #expect(try a.matmul(b) == [[5, -1], [14, -1]])
        #expect(try a.matmul(Tensor.identity(3)) == a)
        #expect(try Tensor.identity(2).matmul(a) == a)
    }

    @Test func vectors() throws {
        let m: Tensor = [[1, 2, 3], [4, 5, 6]]
        #expect(try Tensor([1, 2, 3]).matmul([4, 5, 6]) == Tensor(32))
        #expect(try m.matmul([1, 0, 2]) == [7, 16])
        #expect(try Tensor([1, 10]).matmul(m) == [41, 52, 63])
    }

    @Test func anyShapeAgainstTheReference() throws {
        for (m, k, n) in [(1, 1, 1), (3, 5, 7), (17, 4, 1), (1, 33, 9), (16, 16, 16), (31, 40, 23)] {
            let a = (counting([m, k]) * 0.37).map { $0 - ($0 / 7).rounded(.down) * 7 - 3 }
            let b = (counting([k, n]) * 0.71).map { $0 - ($0 / 5).rounded(.down) * 5 - 2 }
            var expected = [Float](repeating: 0, count: m * n)
            var span = expected.mutableSpan
            gemmReference(
                m: m, n: n, k: k, a.values.span, lda: k, .plain, b.values.span, ldb: n, .plain, into: &span, ldc: n)
            expect(try a.matmul(b), isClose: try Tensor([m, n], expected), within: 1e-5)
        }
    }

    @Test func batches() throws {
        let a = counting([3, 2, 4])
        let b = counting([4, 5]) - 7
        let c = counting([3, 4, 5]) - 20
        let one = counting([1, 2, 4])
        let ab = try a.matmul(b)
        let ac = try a.matmul(c)
        let shared = try counting([2, 4]).matmul(c)
        #expect(ab.shape == [3, 2, 5])
        #expect(ac.shape == [3, 2, 5])
        #expect(shared.shape == [3, 2, 5])
        for i in 0..<3 {
            #expect(try ab[i, 0...] == a[i, 0...].matmul(b))
            #expect(try ac[i, 0...] == a[i, 0...].matmul(c[i, 0...]))
            #expect(try shared[i, 0...] == counting([2, 4]).matmul(c[i, 0...]))
        }
        #expect(try one.matmul(c) == shared)
        #expect(try a.matmul(b.expanded(at: 0)) == ab)
        #expect(try a.matmul([1, 0, 0, 0]) == a[0..., 0..., 0])
        #expect(try Tensor([0, 1, 0, 0]).matmul(c) == c[0..., 1, 0...])
        #expect(try one.matmul(c[0..<1]).shape == [1, 2, 5])
    }

    @Test func emptyOperands() throws {
        #expect(try Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 3])) == Tensor.zeros([2, 3]))
        #expect(try Tensor.zeros([0, 4]).matmul(Tensor.zeros([4, 3])).shape == [0, 3])
        #expect(try Tensor.zeros([2, 4]).matmul(Tensor.zeros([4, 0])).shape == [2, 0])
        #expect(try Tensor.zeros([0, 2, 4]).matmul(Tensor.zeros([4, 3])).shape == [0, 2, 3])
        #expect(try Tensor.zeros([0, 2, 4]).matmul(Tensor.zeros([0, 4, 3])).shape == [0, 2, 3])
        #expect(try Tensor.zeros([0]).matmul(Tensor.zeros([0])) == Tensor(0))
    }

    @Test(
        arguments: [
            ([2, 3], [4, 5], "[2, 3] and [4, 5] do not fit: the inner extents 3 and 4 differ"),
            ([3], [4], "[3] and [4] do not fit: the inner extents 3 and 4 differ"),
            ([2, 3], [2], "[2, 3] and [2] do not fit: the inner extents 3 and 2 differ"),
            (
                [2, 3, 4], [5, 4, 3], "[2, 3, 4] and [5, 4, 3] do not fit: the counts of matrices 2 and 5 differ and neither is 1"
            ),
            ([], [3], "[] and [3] do not fit: the ranks must be 1 to 3"),
            ([1, 1, 2, 3], [3, 1], "[1, 1, 2, 3] and [3, 1] do not fit: the ranks must be 1 to 3"),
        ] as [([Int], [Int], String)])
    func shapesThatDoNotFit(a: [Int], b: [Int], text: String) {
        expectShapeError("matmul: " + text) { () throws(ShapeError) in try Tensor.ones(Shape(a)).matmul(Tensor.ones(Shape(b))) }
    }
}
