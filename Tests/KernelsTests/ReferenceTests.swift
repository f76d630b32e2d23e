import Kernels
import Oracles
import Testing

/// The oracles' own gradients against central differences of their forward functions in double precision. Bound: 1e-7.
@Suite struct ReferenceTests {
    private var random = TestRandom(27)

    private mutating func values(_ count: Int) -> [Double] { doubles(random.floats(count, -2...2)) }

    @Test mutating func activations() {
        let x = values(9)
        let dy = values(9)
        let pairs: [(([Double]) -> [Double], ([Double], [Double]) -> [Double])] = [
            (reluForwardReference, reluBackwardReference), (tanhForwardReference, tanhBackwardReference),
            (sigmoidForwardReference, sigmoidBackwardReference),
        ]
        for (forward, backward) in pairs {
            #expect(largestDifference(backward(x, dy), numericalGradient(at: x) { dot(forward($0), dy) }) < 1e-7)
        }
    }

    @Test mutating func lstmCell() {
        let (rows, units) = (2, 3)
        let gates = values(4 * rows * units)
        let before = values(rows * units)
        let dHidden = values(rows * units)
        let dCell = values(rows * units)
        func loss(_ gates: [Double], _ before: [Double]) -> Double {
            let step = lstmCellForwardReference(preActivations: gates, previousCell: before, rows: rows, units: units)
            return dot(step.hidden, dHidden) + dot(step.cell, dCell)
        }
        let gradient = lstmCellBackwardReference(
            preActivations: gates, previousCell: before, dHidden: dHidden, dCell: dCell, rows: rows, units: units)
        #expect(largestDifference(gradient.dPreActivations, numericalGradient(at: gates) { loss($0, before) }) < 1e-7)
        #expect(largestDifference(gradient.dPreviousCell, numericalGradient(at: before) { loss(gates, $0) }) < 1e-7)
    }

    @Test mutating func crossEntropy() {
        let (rows, classes) = (3, 4)
        let logits = values(rows * classes)
        func result(_ logits: [Double]) -> (loss: Double, dLogits: [Double], correct: Int) {
            softmaxCrossEntropyReference(
                logits, labels: [3, 0, 1], rows: rows, classes: classes, smoothing: 0.2, classWeights: [1, 0.5, 2, 0.25],
                scale: 0.3)
        }
        #expect(largestDifference(result(logits).dLogits, numericalGradient(at: logits) { result($0).loss }) < 1e-7)
    }

    @Test mutating func normalization() {
        let (rows, channels) = (5, 2)
        let x = values(rows * channels)
        let dy = values(rows * channels)
        let weight = values(channels)
        let bias = values(channels)
        func loss(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> Double {
            let (mean, variance) = channelStatisticsReference(x, rows: rows, channels: channels)
            return dot(
                normalizeForwardReference(x, mean: mean, variance: variance, epsilon: 1e-3, weight: weight, bias: bias), dy)
        }
        let gradient = normalizeBackwardReference(x, dy: dy, rows: rows, epsilon: 1e-3, weight: weight)
        #expect(largestDifference(gradient.dx, numericalGradient(at: x) { loss($0, weight, bias) }) < 1e-7)
        #expect(largestDifference(gradient.dWeight, numericalGradient(at: weight) { loss(x, $0, bias) }) < 1e-7)
        #expect(largestDifference(gradient.dBias, numericalGradient(at: bias) { loss(x, weight, $0) }) < 1e-7)
    }

    @Test(arguments: [(3, 2, 1, Padding.same), (2, 2, 1, .valid), (3, 1, 2, .same)])
    mutating func windows(kernel: Int, stride: Int, dilation: Int, padding: Padding) {
        let shape = WindowShape(
            rows: 2, steps: 7, channels: 2, kernel: kernel, stride: stride, dilation: dilation, padding: padding)
        let (rows, channels, geometry) = (shape.rows, shape.channels, shape.geometry)
        let x = values(shape.inputs)
        let dy = values(shape.outputs)
        let dPatches = values(shape.outputs * kernel)
        let maximum = maxPoolBackwardReference(x: x, dy: dy, rows: rows, channels: channels, geometry)
        let average = averagePoolBackwardReference(dy: dy, rows: rows, channels: channels, geometry)
        let folded = foldPatchesReference(dPatches, rows: rows, channels: channels, geometry)
        let numerical = [
            numericalGradient(at: x) { dot(maxPoolForwardReference($0, rows: rows, channels: channels, geometry), dy) },
            numericalGradient(at: x) { dot(averagePoolForwardReference($0, rows: rows, channels: channels, geometry), dy) },
            numericalGradient(at: x) { dot(unfoldPatchesReference($0, rows: rows, channels: channels, geometry), dPatches) },
        ]
        #expect(largestDifference(maximum, numerical[0]) < 1e-7)
        #expect(largestDifference(average, numerical[1]) < 1e-7)
        #expect(largestDifference(folded, numerical[2]) < 1e-7)
    }
}
