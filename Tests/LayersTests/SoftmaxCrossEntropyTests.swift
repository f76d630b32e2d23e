import Memory
import Testing

@testable import Layers

@Suite struct SoftmaxCrossEntropyTests {
    static let losses = [
        SoftmaxCrossEntropy(), SoftmaxCrossEntropy(labelSmoothing: 0.1),
        SoftmaxCrossEntropy(classWeights: [0.5, 2, 0, 1.25]),
        SoftmaxCrossEntropy(labelSmoothing: 0.3, classWeights: [0.5, 2, 1, 1.25]),
    ]

    private let rows = 5
    private let classes = 4
    private let labels: [UInt8] = [0, 1, 2, 3, 1]

    private func evaluate(_ loss: SoftmaxCrossEntropy, _ logits: [Float], scale: Float) -> (loss: Double, dLogits: [Float]) {
        var dLogits = [Float](repeating: .nan, count: logits.count)
        var span = dLogits.mutableSpan
        let result = loss.evaluate(
            logits.span, labels: labels.span, rows: rows, classes: classes, scale: scale, dLogits: &span)
        return (result.loss, dLogits)
    }

    @Test(arguments: losses)
    func gradientIsTheSlope(_ loss: SoftmaxCrossEntropy) {
        var random = Random(seed: 3, stream: .initialization)
        let logits = random.floats(rows * classes).map { 3 * $0 }
        let gradient = evaluate(loss, logits, scale: 0.25).dLogits
        expectGradient("logits", gradient, hasKinks: false) { index in
            var moved = logits
            return Slope(at: logits[index]) { value in
                moved[index] = value
                return evaluate(loss, moved, scale: 0.25).loss
            }
        }
    }

    @Test func largeLogitsStayFinite() {
        let logits = [Float](repeating: 0, count: rows * classes).enumerated().map { $0.offset.isMultiple(of: 3) ? 1e4 : -1e4 }
        let (loss, gradient) = evaluate(SoftmaxCrossEntropy(), logits.map { Float($0) }, scale: 1)
        #expect(loss.isFinite)
        #expect(gradient.allSatisfy { $0.isFinite })
    }

    @Test func weightOfALabel() {
        #expect(SoftmaxCrossEntropy().weight(of: 3) == 1)
        #expect(SoftmaxCrossEntropy(classWeights: [0.5, 2]).weight(of: 1) == 2)
    }
}
