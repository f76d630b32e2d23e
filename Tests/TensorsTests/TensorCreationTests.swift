import Memory
import Tensors
import Testing

@Suite struct TensorCreationTests {
    @Test func fromValues() throws {
        let t = try Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        #expect(t.shape == [2, 3])
        #expect(t.rank == 2)
        #expect(t.count == 6)
        #expect(t.values == [1, 2, 3, 4, 5, 6])
        expectShapeError("tensor: [2, 3] does not fit: the shape has 6 elements, but 5 values are given") {
            () throws(ShapeError) in try Tensor([2, 3], [1, 2, 3, 4, 5])
        }
    }

    @Test func fromAnArena() throws {
        let arena = Arena(count: 16)
        var slot = arena.write(Slot(offset: 4, count: 2))
        slot[0] = 7
        slot[1] = 8
        #expect(try Tensor([1, 2], copying: arena.read(Slot(offset: 4, count: 2))) == [[7, 8]])
        #expect(throws: ShapeError.self) { try Tensor([3], copying: arena.read(Slot(offset: 4, count: 2))) }
    }

    @Test func fromNestedArrays() throws {
        #expect(Tensor(2.5).shape == [])
        #expect(Tensor(2.5).scalar == 2.5)
        #expect(Tensor([1, 2, 3]).shape == [3])
        let rows: [[Float]] = [[1, 2, 3], [4, 5, 6]]
        #expect(try Tensor(rows) == Tensor([2, 3], [1, 2, 3, 4, 5, 6]))
        #expect(try Tensor([rows, rows, rows]).shape == [3, 2, 3])
        #expect(try Tensor([rows, rows]).values == [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
        #expect(try Tensor([[Float]]()).shape == [0, 0])
        #expect(try Tensor([[[Float]]]()).shape == [0, 0, 0])
        #expect(try Tensor([[Float](), []]).shape == [2, 0])
        expectShapeError("stack: [2] and [1] do not fit: only tensors of one shape can be stacked") {
            () throws(ShapeError) in try Tensor([[1, 2], [3]] as [[Float]])
        }
    }

    @Test func fromLiterals() {
        let vector: Tensor = [1, 2.5, -3]
        let matrix: Tensor = [[1, 2], [3, 4], [5, 6]]
        let cube: Tensor = [[[1, 2]], [[3, 4]]]
        let empty: Tensor = []
        #expect(vector.values == [1, 2.5, -3])
        #expect(matrix.shape == [3, 2])
        #expect(matrix.values == [1, 2, 3, 4, 5, 6])
        #expect(cube.shape == [2, 1, 2])
        #expect(empty.shape == [0])
    }

    @Test func filled() {
        #expect(Tensor.zeros([2, 2]) == [[0, 0], [0, 0]])
        #expect(Tensor.ones([3]) == [1, 1, 1])
        #expect(Tensor.full([1, 2], 7) == [[7, 7]])
        #expect(Tensor.zeros([2, 0, 3]).count == 0)
        #expect(Tensor.ones([]).scalar == 1)
    }

    @Test func ranges() {
        #expect(Tensor.range(to: 4) == [0, 1, 2, 3])
        #expect(Tensor.range(from: 1, to: 2, by: 0.25) == [1, 1.25, 1.5, 1.75])
        #expect(Tensor.range(from: 3, to: 0, by: -1) == [3, 2, 1])
        #expect(Tensor.range(from: 3, to: 0).shape == [0])
        #expect(Tensor.range(to: 2.5) == [0, 1, 2])
    }

    @Test func linspaces() {
        #expect(Tensor.linspace(from: 0, to: 1, count: 5) == [0, 0.25, 0.5, 0.75, 1])
        #expect(Tensor.linspace(from: 2, to: -2, count: 3) == [2, 0, -2])
        #expect(Tensor.linspace(from: 3, to: 9, count: 1) == [3])
        #expect(Tensor.linspace(from: 3, to: 9, count: 0).shape == [0])
        // Steps of this size cannot land on so small an end by themselves.
        for count in 2..<60 { #expect(Tensor.linspace(from: 1e10, to: 1e-12, count: count).values.last == 1e-12) }
    }

    @Test func identities() {
        #expect(Tensor.identity(3) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        #expect(Tensor.identity(0).shape == [0, 0])
    }

    @Test func valuesAreCopied() {
        let original: Tensor = [1, 2]
        var copy = original
        copy[0] = 9
        #expect(original == [1, 2])
        #expect(copy == [9, 2])
    }

    @Test func equality() {
        #expect(Tensor.zeros([2, 3]) != Tensor.zeros([3, 2]))
        #expect(Tensor([1, 2]) != Tensor([1, 3]))
        #expect(Tensor([.nan]) != Tensor([.nan]))
    }

    @Test func raggedLiteralsStopTheProgram() async {
        await #expect(processExitsWith: .failure) { let _: Tensor = [[1, 2], [3]] }
    }
}
