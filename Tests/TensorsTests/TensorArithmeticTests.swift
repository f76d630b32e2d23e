import Memory
import Tensors
import Testing

@Suite struct TensorArithmeticTests {
    let a: Tensor = [[1, 2, 3], [4, 5, 6]]

    @Test func equalShapes() {
        let b: Tensor = [[2, 2, 2], [4, 4, 4]]
        #expect(a + b == [[3, 4, 5], [8, 9, 10]])
        #expect(a - b == [[-1, 0, 1], [0, 1, 2]])
        #expect(a * b == [[2, 4, 6], [16, 20, 24]])
        #expect(a / b == [[0.5, 1, 1.5], [1, 1.25, 1.5]])
        #expect(-a == [[-1, -2, -3], [-4, -5, -6]])
    }

    @Test func numbers() {
        let v: Tensor = [1, 2, 4]
        let x: Float = 8
        #expect(v + 1 == [2, 3, 5])
        #expect(v - 1 == [0, 1, 3])
        #expect(v * 2 == [2, 4, 8])
        #expect(v / 2 == [0.5, 1, 2])
        #expect(x + v == [9, 10, 12])
        #expect(x - v == [7, 6, 4])
        #expect(x * v == [8, 16, 32])
        #expect(x / v == [8, 4, 2])
    }

    /// Every shape broadcast against every other: the elements follow from the indices alone.
    @Test(arguments: [
        [], [1], [5], [4, 1], [4, 5], [3, 1, 1], [3, 1, 5], [3, 4, 1], [1, 4, 5], [3, 4, 5], [2, 1, 4, 1], [2, 3, 1, 5],
    ])
    func broadcasting(dimensions: [Int]) throws {
        let shapes: [Shape] = [
            [], [5], [1], [1, 5], [4, 1], [4, 5], [3, 1, 1], [1, 4, 1], [3, 1, 5], [3, 4, 5], [2, 1, 1, 1], [2, 3, 4, 5],
        ]
        let x = counting(Shape(dimensions))
        for shape in shapes {
            let y = counting(shape) * 1000
            let sum = try x.adding(y)
            let difference = try x.subtracting(y)
            let target = sum.shape
            func place(_ t: Tensor, _ index: [Int]) -> Int {
                var place = 0
                for axis in 0..<t.rank { place = place * t.shape[axis] + index[4 - t.rank + axis] % t.shape[axis] }
                return place
            }
            let four = [Int](repeating: 1, count: 4 - target.rank) + target.dimensions
            var expected: [Float] = []
            var expectedDifference: [Float] = []
            for i in 0..<four[0] {
                for j in 0..<four[1] {
                    for k in 0..<four[2] {
                        for l in 0..<four[3] {
                            let left = x.values[place(x, [i, j, k, l])]
                            let right = y.values[place(y, [i, j, k, l])]
                            expected.append(left + right)
                            expectedDifference.append(left - right)
                        }
                    }
                }
            }
            #expect(sum.values == expected, "\(dimensions) and \(shape)")
            #expect(difference.values == expectedDifference, "\(dimensions) and \(shape)")
        }
    }

    @Test func emptyTensors() {
        #expect((Tensor.zeros([0, 3]) + Tensor([1, 2, 3])).shape == [0, 3])
        #expect((Tensor.zeros([2, 0]) * 2).shape == [2, 0])
        #expect((Tensor.zeros([0]) + Tensor([1])).shape == [0])
    }

    @Test func shapesThatDoNotFit() {
        let b: Tensor = [1, 2]
        let reason = ": [2, 3] and [2] do not fit: the extents 3 and 2 differ and neither is 1"
        expectShapeError("add" + reason) { () throws(ShapeError) in try a.adding(b) }
        expectShapeError("subtract" + reason) { () throws(ShapeError) in try a.subtracting(b) }
        expectShapeError("multiply" + reason) { () throws(ShapeError) in try a.multiplied(by: b) }
        expectShapeError("divide" + reason) { () throws(ShapeError) in try a.divided(by: b) }
        expectShapeError("maximum" + reason) { () throws(ShapeError) in try a.maximum(b) }
        expectShapeError("minimum" + reason) { () throws(ShapeError) in try a.minimum(b) }
        expectShapeError("power" + reason) { () throws(ShapeError) in try a.combining(b, operation: "power") { $0 + $1 } }
    }

    @Test func operatorsStopTheProgramWithTheSameText() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3]) * Tensor.zeros([4])
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("multiply: [2, 3] and [4] do not fit: the extents 3 and 4 differ and neither is 1"))
    }

    @Test func compoundAssignment() {
        var t = a
        t += [1, 1, 1]
        #expect(t == [[2, 3, 4], [5, 6, 7]])
        t -= [[1], [2]]
        #expect(t == [[1, 2, 3], [3, 4, 5]])
        t *= t
        #expect(t == [[1, 4, 9], [9, 16, 25]])
        t /= Tensor(2)
        #expect(t == [[0.5, 2, 4.5], [4.5, 8, 12.5]])
        t += 1
        t -= 0.5
        t *= 2
        t /= 4
        #expect(t == [[0.5, 1.25, 2.5], [2.5, 4.25, 6.5]])
    }

    @Test func compoundAssignmentKeepsTheShape() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var t = Tensor.zeros([3])
            t += Tensor.zeros([2, 3])
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("+=: [3] and [2, 3] do not fit: the result would be [2, 3]"))
    }

    /// Values of NumPy 2.4 in double precision.
    @Test func functions() {
        let x: Tensor = [-2, -0.5, 0, 0.5, 3]
        expect(x.exp(), isClose: [0.1353352832, 0.6065306597, 1, 1.6487212707, 20.0855369232])
        expect(x.tanh(), isClose: [-0.9640275801, -0.4621171573, 0, 0.4621171573, 0.9950547537])
        expect(x.sigmoid(), isClose: [0.1192029220, 0.3775406688, 0.5, 0.6224593312, 0.9525741268])
        #expect(x.relu() == [0, 0, 0, 0.5, 3])
        #expect(x.abs() == [2, 0.5, 0, 0.5, 3])
        #expect(x.clamped(to: -1...0.25) == [-1, -0.5, 0, 0.25, 0.25])
        expect(Tensor([1, 2, 10]).log(), isClose: [0, 0.6931471806, 2.3025850930])
        #expect(Tensor([0, 4, 2.25]).sqrt() == [0, 2, 1.5])
        #expect(x.map { $0 * $0 } == [4, 0.25, 0, 0.25, 9])
    }

    @Test func functionsAtTheirEdges() {
        #expect(Tensor([0]).log().scalar == -.infinity)
        #expect(Tensor([-1]).log().scalar.isNaN)
        #expect(Tensor([-1]).sqrt().scalar.isNaN)
        #expect(Tensor([-1000, 1000]).sigmoid() == [0, 1])
        #expect(Tensor([.nan]).relu().scalar.isNaN)
        #expect(Tensor.zeros([0, 2]).exp().shape == [0, 2])
    }

    @Test func largerAndSmaller() throws {
        #expect(try a.maximum([3, 3, 3]) == [[3, 3, 3], [4, 5, 6]])
        #expect(try a.minimum([[2], [5]]) == [[1, 2, 2], [4, 5, 5]])
        #expect(a.maximum(2.5) == [[2.5, 2.5, 3], [4, 5, 6]])
        #expect(a.minimum(2.5) == [[1, 2, 2.5], [2.5, 2.5, 2.5]])
        for pair in [(Float.nan, Float(1)), (1, .nan)] {
            #expect(try Tensor([pair.0]).maximum(Tensor([pair.1])).scalar.isNaN)
            #expect(try Tensor([pair.0]).minimum(Tensor([pair.1])).scalar.isNaN)
        }
    }

    @Test func comparisons() {
        let x = Tensor([1, 2, 3, .nan])
        let y: Tensor = [[1, 1, 4, 0], [2, 2, 2, 2]]
        #expect((x .== y) == [[1, 0, 0, 0], [0, 1, 0, 0]])
        #expect((x .!= y) == [[0, 1, 1, 1], [1, 0, 1, 1]])
        #expect((x .< y) == [[0, 0, 1, 0], [1, 0, 0, 0]])
        #expect((x .<= y) == [[1, 0, 1, 0], [1, 1, 0, 0]])
        #expect((x .> y) == [[0, 1, 0, 0], [0, 0, 1, 0]])
        #expect((x .>= y) == [[1, 1, 0, 0], [0, 1, 1, 0]])
        #expect((x .== 2) == [0, 1, 0, 0])
        #expect((x .!= 2) == [1, 0, 1, 1])
        #expect((x .< 2) == [1, 0, 0, 0])
        #expect((x .<= 2) == [1, 1, 0, 0])
        #expect((x .> 2) == [0, 0, 1, 0])
        #expect((x .>= 2) == [0, 1, 1, 0])
    }
}
