import Kernels
import Oracles
import Testing

/// These kernels do one rounding a value, or none: compared exactly, except the sums.
@Suite struct VectorsTests {
    @Test(arguments: MatrixShape.all) func elementwise(shape: MatrixShape) {
        var random = TestRandom(4)
        let a = random.floats(shape.count)
        let b = random.floats(shape.count)
        #expect(written(shape.count) { copy(a.span, to: &$0) } == a)
        #expect(changed(b) { add(a.span, to: &$0) } == zip(a, b).map { $0 + $1 })
        #expect(written(shape.count) { multiply(a.span, b.span, into: &$0) } == zip(a, b).map { $0 * $1 })
        #expect(written(shape.count) { fill(&$0, -2.5) } == a.map { _ in -2.5 })
        #expect(changed(a) { scale(&$0, by: 0.3) } == a.map { $0 * 0.3 })
    }

    @Test(arguments: MatrixShape.all) func clipLimits(shape: MatrixShape) {
        var random = TestRandom(5)
        let x = random.floats(shape.count)
        let limit: Float = 0.4
        #expect(doubles(changed(x) { clip(&$0, to: limit) }) == clipReference(doubles(x), to: Double(limit)))
    }

    @Test func clipKeepsNaNAndLimitsInfinity() {
        let clipped = changed([.nan, .infinity, -.infinity, 1, -1]) { clip(&$0, to: 1) }
        #expect(clipped[0].isNaN)
        #expect(clipped[1...] == [1, -1, 1, -1])
    }

    /// Summed in double precision: only the order could differ.
    @Test(arguments: MatrixShape.all) func squares(shape: MatrixShape) {
        var random = TestRandom(6)
        let x = random.floats(shape.count)
        #expect(abs(sumOfSquares(x.span) - sumOfSquaresReference(doubles(x))) <= 1e-12 * Double(shape.count))
    }

    /// The square of this value is no single-precision number.
    @Test func squaresDoNotOverflow() {
        let x: [Float] = [1e30, 1e30]
        #expect(abs(sumOfSquares(x.span) / 2e60 - 1) < 1e-6)
    }

    @Test func finiteness() {
        // `#expect` cannot take a span apart.
        func place(_ x: [Float]) -> Int? { firstNonFinite(x.span) }
        #expect(place([]) == nil)
        #expect(place([0, -1, .greatestFiniteMagnitude, .leastNonzeroMagnitude]) == nil)
        for bad in [Float.nan, .infinity, -.infinity] {
            for first in 0..<5 {
                var x = [Float](repeating: 1, count: 5)
                for index in first..<5 { x[index] = bad }
                #expect(place(x) == first, "\(bad)")
            }
        }
    }

    /// Bound: 1e-12, single-precision sums of up to 600 rows.
    @Test(arguments: MatrixShape.all) func columnsAreAdded(shape: MatrixShape) {
        var random = TestRandom(8)
        let x = random.floats(shape.count)
        let before = random.floats(shape.columns)
        let expected = zip(columnSumsReference(doubles(x), rows: shape.rows, columns: shape.columns), doubles(before)).map {
            $0 + $1
        }
        for kernels in KernelSet.available {
            let sums = changed(before) { addColumnSums(x.span, rows: shape.rows, to: &$0, kernels: kernels) }
            #expect(normalizedError(sums, expected) < 1e-12)
            // The same rows with floats between them that do not count.
            let gap = 3
            let rows = (0..<shape.rows).flatMap { row in
                x[row * shape.columns..<(row + 1) * shape.columns] + [Float](repeating: .nan, count: gap)
            }
            let apart = changed(before) {
                addColumnSums(rows.span, rows: shape.rows, rowStride: shape.columns + gap, to: &$0, kernels: kernels)
            }
            #expect(apart == sums)
        }
    }

    @Test func placeOfTheLargest() {
        func place(_ x: [Float]) -> Int { argmax(x.span) }
        #expect(place([3]) == 0)
        #expect(place([-3, -1, -2]) == 1)
        #expect(place([1, 2, 2]) == 1, "of equal ones the first")
        #expect(place([-.infinity, 0, .infinity]) == 2)
    }
}
