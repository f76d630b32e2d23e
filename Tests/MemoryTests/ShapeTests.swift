import Memory
import Testing

@Suite struct ShapeTests {
    @Test func extentsAndCount() {
        let shape = Shape(2, 3, 4)
        #expect(shape.rank == 3)
        #expect(shape.count == 24)
        #expect(shape.dimensions == [2, 3, 4])
        #expect(shape[0] == 2 && shape[2] == 4)
        #expect("\(shape)" == "[2, 3, 4]")
    }

    @Test func aScalarHasOneElementAndAnEmptyShapeNone() {
        #expect(Shape().count == 1)
        #expect(Shape().rank == 0)
        #expect("\(Shape())" == "[]")
        #expect(Shape(3, 0, 2).count == 0)
    }

    @Test func rankIsPartOfEquality() {
        #expect(Shape(3) != Shape(3, 1))
        #expect(Shape(3, 1) == [3, 1])
        #expect(Shape(3, 1) != [1, 3])
        #expect(Set([Shape(2), Shape(2, 1), Shape(2)]).count == 2)
    }

    @Test func reversed() {
        #expect(Shape(2, 3, 4).reversed == [4, 3, 2])
    }

    @Test func fiveDimensionsStopTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = Shape(1, 2, 3, 4, 5) }
    }
}
