import Kernels
import Oracles
import Testing

@Suite struct SoftmaxTests {
    private func crossEntropy(
        _ logits: [Float], _ labels: [Int32], classes: Int, smoothing: Float = 0, classWeights: [Float] = [], scale: Float = 1
    ) -> (loss: Double, correct: Int, dLogits: [Float]) {
        var result = (loss: 0.0, correct: 0)
        let dLogits = written(logits.count) {
            result = softmaxCrossEntropy(
                logits.span, labels: labels.span, rows: labels.count, classes: classes, smoothing: smoothing,
                classWeights: classWeights.span, scale: scale, dLogits: &$0)
        }
        return (result.loss, result.correct, dLogits)
    }

    /// Bound: 1e-12, and rows that sum to 1 within 1e-6.
    @Test(arguments: MatrixShape.all) func probabilities(shape: MatrixShape) {
        var random = TestRandom(20)
        let x = random.floats(shape.count, -10...10)
        let p = written(shape.count) { softmax(x.span, rows: shape.rows, classes: shape.columns, into: &$0) }
        #expect(normalizedError(p, softmaxReference(doubles(x), rows: shape.rows, classes: shape.columns)) < 1e-12)
        for row in 0..<shape.rows where shape.columns > 0 {
            #expect(abs(doubles(p)[row * shape.columns..<(row + 1) * shape.columns].reduce(0, +) - 1) < 1e-6)
        }
    }

    /// Bound: 1e-6 of the loss; 1e-6 of the gradient's scale (absolute, as p - 1 cancels where the model is sure).
    @Test(
        arguments: MatrixShape.all.filter { $0.columns > 0 || $0.rows == 0 },
        [(Float(0), false), (0.1, false), (0, true), (0.1, true), (1, true)])
    func crossEntropy(shape: MatrixShape, variant: (smoothing: Float, hasWeights: Bool)) {
        let classes = shape.columns
        var random = TestRandom(21)
        let logits = random.floats(shape.count, -6...6)
        let labels = random.labels(shape.rows, classes: classes)
        let classWeights = variant.hasWeights ? random.floats(classes, 0.2...3) : []
        let scale = 1 / Float(max(1, shape.rows))
        let measured = crossEntropy(
            logits, labels, classes: classes, smoothing: variant.smoothing, classWeights: classWeights, scale: scale)
        let expected = softmaxCrossEntropyReference(
            doubles(logits), labels: labels, rows: shape.rows, classes: classes, smoothing: Double(variant.smoothing),
            classWeights: doubles(classWeights), scale: Double(scale))
        #expect(abs(measured.loss - expected.loss) < 1e-6 * max(1, expected.loss))
        #expect(measured.correct == expected.correct)
        #expect(largestDifference(doubles(measured.dLogits), expected.dLogits) < 1e-6 * Double(scale))
    }

    /// The first of several largest logits is the prediction, as everywhere else an argmax is taken.
    @Test func tiesGoToTheFirst() {
        #expect(crossEntropy([1, 1, 0, 0, 2, 2], [0, 1], classes: 3).correct == 2)
        #expect(crossEntropy([1, 1, 0, 0, 2, 2], [1, 2], classes: 3).correct == 0)
    }

    @Test func farLogitsStayExact() {
        let p = written(3) { softmax([1e4, -1e4, 1e4].span, rows: 1, classes: 3, into: &$0) }
        #expect(p[0] == 0.5 && p[2] == 0.5 && p[1] < 1e-37)
        // The probability of the label is below every float; its logarithm is not.
        let far = crossEntropy([1e4, -1e4], [1], classes: 2)
        #expect(far.loss == 2e4)
        #expect(far.dLogits == [1, -1])
        #expect(crossEntropy([0, -.infinity], [0], classes: 2).loss == 0)
        #expect(crossEntropy([0, -.infinity], [1], classes: 2).loss == .infinity)
    }

    /// A NaN anywhere must become the loss, where training stops.
    @Test(arguments: [Float.nan, .infinity], 0..<3) func notANumberReachesTheLoss(bad: Float, place: Int) {
        var logits: [Float] = [0.5, -1, 2]
        logits[place] = bad
        let p = written(3) { softmax(logits.span, rows: 1, classes: 3, into: &$0) }
        #expect(p.allSatisfy(\.isNaN) || bad == .infinity)
        for label in Int32(0)..<3 {
            for smoothing: Float in [0, 0.1] {
                let result = crossEntropy(logits, [label], classes: 3, smoothing: smoothing)
                #expect(result.loss.isNaN, "label \(label), smoothing \(smoothing)")
                #expect(result.dLogits.contains { $0.isNaN })
            }
            // Also where the label's class counts for nothing: the gradient is poisoned all the same.
            #expect(crossEntropy(logits, [label], classes: 3, classWeights: [0, 0, 0]).loss.isNaN, "label \(label), no weight")
        }
    }
}
