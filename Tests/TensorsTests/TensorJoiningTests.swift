import Tensors
import Testing

@Suite struct TensorJoiningTests {
    let a: Tensor = [[1, 2], [3, 4]]
    let b: Tensor = [[5, 6]]

    @Test func concatenation() throws {
        #expect(try Tensor.concatenated([a, b]) == [[1, 2], [3, 4], [5, 6]])
        #expect(try Tensor.concatenated([b, a, b], axis: 0) == [[5, 6], [1, 2], [3, 4], [5, 6]])
        #expect(try Tensor.concatenated([a, [[5], [6]]], axis: 1) == [[1, 2, 5], [3, 4, 6]])
        #expect(try Tensor.concatenated([a, a], axis: -1) == [[1, 2, 1, 2], [3, 4, 3, 4]])
        #expect(try Tensor.concatenated([a, Tensor.zeros([0, 2])]) == a)
        #expect(try Tensor.concatenated([a]) == a)
    }

    @Test func concatenationUndoesSlicing() throws {
        let t = counting([2, 5, 3, 4])
        for axis in 0..<4 {
            let cut = t.shape[axis] / 2
            let parts = [
                try t.slice(axis: axis, range: 0..<cut), try t.slice(axis: axis, range: cut..<t.shape[axis]),
            ]
            #expect(try Tensor.concatenated(parts, axis: axis) == t)
        }
    }

    @Test func concatenationThatFails() {
        expectShapeError("concatenate: there are no tensors to join") { () throws(ShapeError) in try Tensor.concatenated([]) }
        expectShapeError("concatenate: [2, 2] and [2] do not fit: the ranks 2 and 1 differ") {
            () throws(ShapeError) in try Tensor.concatenated([a, [1, 2]])
        }
        expectShapeError(
            "concatenate: [2, 2] and [1, 2] do not fit: the extents 2 and 1 of axis 0 differ; only those of axis 1 may"
        ) { () throws(ShapeError) in try Tensor.concatenated([a, b], axis: 1) }
        expectShapeError("concatenate: [] does not fit: a scalar has no axis 0") {
            () throws(ShapeError) in try Tensor.concatenated([Tensor(1)])
        }
    }

    @Test func stacking() throws {
        let c: Tensor = [[5, 6], [7, 8]]
        #expect(try Tensor.stacked([a, c]) == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
        #expect(try Tensor.stacked([a, c], axis: 1) == [[[1, 2], [5, 6]], [[3, 4], [7, 8]]])
        #expect(try Tensor.stacked([a, c], axis: -1) == [[[1, 5], [2, 6]], [[3, 7], [4, 8]]])
        #expect(try Tensor.stacked([Tensor(1), Tensor(2)]) == [1, 2])
        expectShapeError("stack: [2, 2] and [1, 2] do not fit: only tensors of one shape can be stacked") {
            () throws(ShapeError) in try Tensor.stacked([a, b])
        }
        expectShapeError("stack: there are no tensors to join") { () throws(ShapeError) in try Tensor.stacked([]) }
        expectShapeError("expand: [1, 1, 1, 1] does not fit: a tensor has at most 4 dimensions") {
            () throws(ShapeError) in try Tensor.stacked([Tensor.ones([1, 1, 1, 1])])
        }
    }

    @Test func gathering() throws {
        #expect(try a.gatherRows([1, 0, 1]) == [[3, 4], [1, 2], [3, 4]])
        #expect(try counting([3, 2, 2]).gatherRows([2]) == [[[8, 9], [10, 11]]])
        #expect(try Tensor([4, 5, 6]).gatherRows([2, 2]) == [6, 6])
        #expect(try a.gatherRows([]).shape == [0, 2])
        expectShapeError("gather: [2, 2] does not fit: row 2 is outside 0 ..< 2") { () throws(ShapeError) in
            try a.gatherRows([0, 2])
        }
        expectShapeError("gather: [2, 2] does not fit: row -1 is outside 0 ..< 2") { () throws(ShapeError) in
            try a.gatherRows([-1])
        }
        expectShapeError("gather: [] does not fit: a scalar has no rows") { () throws(ShapeError) in try Tensor(1).gatherRows([0])
        }
    }
}
