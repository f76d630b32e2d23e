import Golden
import HartrainTesting
import Memory
import Testing

@testable import Training

@Suite struct SoftmaxCrossEntropyTests {
    static let losses = [
        SoftmaxCrossEntropy(), SoftmaxCrossEntropy(labelSmoothing: 0.1),
        SoftmaxCrossEntropy(classWeights: [0.5, 2, 0, 1.25]),
        SoftmaxCrossEntropy(labelSmoothing: 0.3, classWeights: [0.5, 2, 1, 1.25]),
    ]

    private let rows = 5
    private let classes = 4
    private let labels: [Int32] = [0, 1, 2, 3, 1]

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
        let mismatches = gradientMismatches("logits", gradient, hasKinks: false) { index in
            var moved = logits
            return Slope(at: logits[index]) { value in
                moved[index] = value
                return evaluate(loss, moved, scale: 0.25).loss
            }
        }
        #expect(mismatches == [])
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

    @Test(arguments: [
        ("plain", SoftmaxCrossEntropy()), ("smoothed", SoftmaxCrossEntropy(labelSmoothing: 0.1)),
        ("weighted", SoftmaxCrossEntropy(classWeights: [0.5, 2, 1, 1.25])),
        ("smoothed_weighted", SoftmaxCrossEntropy(labelSmoothing: 0.2, classWeights: [0.5, 2, 1, 1.25])),
    ])
    func crossEntropyEqualsPyTorch(_ name: String, _ loss: SoftmaxCrossEntropy) throws {
        let golden = try Golden("Layers/cross_entropy")
        let logits = try golden.floats("\(name).x")
        let labels = try golden.labels("\(name).labels").map { Int32($0) }
        let weight = labels.reduce(0) { $0 + loss.weight(of: $1) }
        var dLogits = [Float](repeating: .nan, count: logits.count)
        var span = dLogits.mutableSpan
        let result = loss.evaluate(
            logits.span, labels: labels.span, rows: labels.count, classes: 4, scale: Float(1 / weight), dLogits: &span)
        #expect(relativeDifference([Float(result.loss)], try golden.floats("\(name).loss")) <= 2e-6)
        #expect(relativeDifference(dLogits, try golden.floats("\(name).dx")) <= 2e-6)
    }
}
