import Tensors
import Testing

@Suite struct TensorShapingTests {
    @Test func reshapes() throws {
        let t = counting([2, 6])
        #expect(try t.reshaped(3, 4) == counting([3, 4]))
        #expect(try t.reshaped(3, -1).shape == [3, 4])
        #expect(try t.reshaped(-1).shape == [12])
        #expect(try t.reshaped(to: [2, 1, -1, 2]).shape == [2, 1, 3, 2])
        #expect(try Tensor(5).reshaped(1, 1).shape == [1, 1])
        #expect(try Tensor([5]).reshaped(to: []).shape == [])
        #expect(try Tensor.zeros([0, 3]).reshaped(3, 0).shape == [3, 0])
        #expect(try Tensor.zeros([0, 3]).reshaped(-1, 3).shape == [0, 3])
        #expect(t.flattened() == counting([12]))
    }

    @Test(
        arguments: [
            ([4, 2], "[4, 2] do not fit: 6 elements do not fill 8"),
            ([4, -1], "[4, -1] do not fit: 6 elements cannot be divided by 4"),
            ([0, -1], "[0, -1] do not fit: 6 elements cannot be divided by 0"),
            ([-1, -1], "[-1, -1] do not fit: only one extent may be -1"),
            ([-2, -3], "[-2, -3] do not fit: an extent is negative"),
            ([1, 1, 1, 2, 3], "[1, 1, 1, 2, 3] do not fit: a tensor has at most 4 dimensions"),
            ([Int.max, 2], "[\(Int.max), 2] do not fit: the shape has more elements than can be counted"),
        ] as [([Int], String)])
    func reshapesThatFail(dimensions: [Int], text: String) {
        expectShapeError("reshape: [2, 3] and " + text) { () throws(ShapeError) in try counting([2, 3]).reshaped(to: dimensions) }
    }

    @Test func transposes() throws {
        #expect(counting([2, 3]).transposed() == [[0, 3], [1, 4], [2, 5]])
        #expect(counting([4]).transposed() == counting([4]))
        #expect(Tensor(3).transposed() == Tensor(3))
        #expect(Tensor.zeros([2, 0]).transposed().shape == [0, 2])
        let t = counting([2, 3, 4, 5])
        let all = t.transposed()
        let some = try t.transposed([2, 0, 3, 1])
        #expect(all.shape == [5, 4, 3, 2])
        #expect(some.shape == [4, 2, 5, 3])
        for i in 0..<2 {
            for j in 0..<3 {
                for k in 0..<4 {
                    for l in 0..<5 {
                        #expect(all[l, k, j, i] == t[i, j, k, l])
                        #expect(some[k, i, l, j] == t[i, j, k, l])
                    }
                }
            }
        }
    }

    @Test(arguments: [[0], [0, 0], [0, 2], [1, 0, 2], [-1, 0]])
    func permutationsThatFail(permutation: [Int]) {
        expectShapeError("transpose: [2, 3] does not fit: \(permutation) does not name each of the 2 axes once") {
            () throws(ShapeError) in try counting([2, 3]).transposed(permutation)
        }
    }

    @Test func squeezes() throws {
        let t = counting([1, 3, 1, 2])
        #expect(t.squeezed() == counting([3, 2]))
        #expect(try t.squeezed(axis: 0).shape == [3, 1, 2])
        #expect(try t.squeezed(axis: -2).shape == [1, 3, 2])
        expectShapeError("squeeze: [1, 3, 1, 2] does not fit: axis 1 has the extent 3, not 1") {
            () throws(ShapeError) in try t.squeezed(axis: 1)
        }
        expectShapeError("squeeze: [] does not fit: a scalar has no axis 0") { () throws(ShapeError) in
            try Tensor(1).squeezed(axis: 0)
        }
    }

    @Test func expands() throws {
        let t = counting([3, 2])
        #expect(try t.expanded(at: 0).shape == [1, 3, 2])
        #expect(try t.expanded(at: 1).shape == [3, 1, 2])
        #expect(try t.expanded(at: 2).shape == [3, 2, 1])
        #expect(try t.expanded(at: -1).shape == [3, 2, 1])
        #expect(try t.expanded(at: -3).values == t.values)
        expectShapeError("expand: [3, 2] does not fit: place 3 is outside -3 ... 2") { () throws(ShapeError) in
            try t.expanded(at: 3)
        }
        expectShapeError("expand: [1, 1, 1, 1] does not fit: a tensor has at most 4 dimensions") {
            () throws(ShapeError) in try Tensor.ones([1, 1, 1, 1]).expanded(at: 0)
        }
    }

    @Test func broadcasts() throws {
        #expect(try Tensor([1, 2]).broadcast(to: [2, 2]) == [[1, 2], [1, 2]])
        #expect(try (counting([2, 1]) + 1).broadcast(to: [2, 3]) == [[1, 1, 1], [2, 2, 2]])
        #expect(try Tensor(4).broadcast(to: [2, 1]) == [[4], [4]])
        #expect(try Tensor(4).broadcast(to: [0, 2]).shape == [0, 2])
        expectShapeError("broadcast: [2, 2] and [2] do not fit: the first is larger than the second") {
            () throws(ShapeError) in try Tensor.ones([2, 2]).broadcast(to: [2])
        }
        expectShapeError("broadcast: [3] and [2] do not fit: the extents 3 and 2 differ and neither is 1") {
            () throws(ShapeError) in try Tensor.ones([3]).broadcast(to: [2])
        }
    }
}
