import Testing
import Training

@Suite struct ConfusionMatrixTests {
    /// Rows are the truth. Expected values by hand, as scikit-learn's `classification_report` (zero_division=0) gives them.
    private let matrix = ConfusionMatrixTests.matrix([[5, 1, 0, 0], [2, 3, 0, 1], [0, 0, 0, 4], [0, 0, 0, 0]])

    private static func matrix(_ rows: [[Int]]) -> ConfusionMatrix {
        var matrix = ConfusionMatrix(classes: rows.count)
        for (truth, row) in rows.enumerated() {
            for (predicted, count) in row.enumerated() {
                for _ in 0..<count { matrix.add(truth: truth, predicted: predicted) }
            }
        }
        return matrix
    }

    private func expect(_ measured: (Int) -> Double, _ expected: [Double]) {
        for (label, value) in expected.enumerated() { #expect(abs(measured(label) - value) < 1e-12, "class \(label)") }
    }

    @Test func counts() {
        #expect(matrix.rows == [[5, 1, 0, 0], [2, 3, 0, 1], [0, 0, 0, 4], [0, 0, 0, 0]])
        #expect(matrix.total == 16)
        #expect(matrix.correct == 8)
        #expect(matrix.accuracy == 0.5)
        #expect((0..<4).map(matrix.support) == [6, 6, 4, 0])
    }

    @Test func metrics() {
        expect(matrix.precision, [5.0 / 7, 3.0 / 4, 0, 0])
        expect(matrix.recall, [5.0 / 6, 1.0 / 2, 0, 0])
        expect(matrix.f1, [10.0 / 13, 3.0 / 5, 0, 0])
        #expect(abs(matrix.macroF1 - (10.0 / 13 + 3.0 / 5) / 4) < 1e-12)
    }

    /// A perfect classifier of two of six classes is perfect; one that was only predicted counts, with an F1 of 0.
    @Test func classesThatOccurNowhereDoNotCount() {
        var two = ConfusionMatrix(classes: 6)
        for label in [1, 4, 4] { two.add(truth: label, predicted: label) }
        #expect(two.macroF1 == 1)
        two.add(truth: 4, predicted: 2)
        #expect((0..<6).map(two.occurs) == [false, true, true, false, true, false])
        #expect(abs(two.macroF1 - (1 + 0 + 0.8) / 3) < 1e-12)
    }

    @Test func nothingCounted() {
        let empty = ConfusionMatrix(classes: 2)
        #expect(empty.accuracy == 0)
        #expect(empty.macroF1 == 0)
    }

    @Test func sumsAndReset() {
        var sum = matrix
        sum.add(ConfusionMatrixTests.matrix([[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 7, 0]]))
        #expect(sum.rows == [[6, 1, 0, 0], [2, 3, 0, 1], [0, 0, 0, 4], [0, 0, 7, 0]])
        sum.reset()
        #expect(sum == ConfusionMatrix(classes: 4))
    }

    @Test func evaluationsJoinByTheirRows() {
        let one = Evaluation(loss: 1, confusion: ConfusionMatrixTests.matrix([[3, 0], [0, 0]]))
        let other = Evaluation(loss: 5, confusion: ConfusionMatrixTests.matrix([[0, 1], [0, 0]]))
        let both = one.joined(with: other)
        #expect(both.loss == 2)
        #expect(both.confusion.rows == [[3, 1], [0, 0]])
        #expect(both.accuracy == 0.75)
        #expect(both.rows == 4)
        // What is known of one of them only is not known of both.
        #expect(both.calibration == nil)
    }
}
