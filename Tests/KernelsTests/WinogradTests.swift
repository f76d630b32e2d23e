import Kernels
import Oracles
import Testing

/// A convolution of two taps over pairs of steps.
struct PairShape: Sendable, CustomTestStringConvertible {
    var blocks: Int
    var steps: Int
    var channels: Int
    var filters: Int

    var testDescription: String { "[\(blocks), \(steps), \(channels)] by \(filters)" }
    var geometry: WindowGeometry { WindowGeometry(steps: steps, kernel: 2, padding: .same) }
    var inputs: WinogradPairs {
        WinogradPairs(blocks: blocks, rows: steps / 2, depth: channels, parts: WinogradPairs.inputParts)
    }
    var gradients: WinogradPairs {
        WinogradPairs(blocks: blocks, rows: steps / 2, depth: filters, parts: WinogradPairs.gradientParts)
    }

    /// All widths of a panel and all remainders of a tile's pairs, nothing at all, then the study's own layers.
    static let all: [PairShape] = {
        var shapes: [PairShape] = []
        for filters in [1, 3, 7, 8, 9, 16, 17, 24, 25, 40, 48, 49, 57, 64, 100] {
            for channels in [1, 5, 16, 23] {
                shapes.append(
                    PairShape(
                        blocks: shapes.count % 3 + 1, steps: 2 * (shapes.count % 7 + 1), channels: channels, filters: filters))
            }
        }
        shapes += [(9, 128, 18), (18, 64, 36), (36, 32, 72), (72, 16, 144)].map { channels, steps, filters in
            PairShape(blocks: 2, steps: steps, channels: channels, filters: filters)
        }
        shapes.append(PairShape(blocks: 0, steps: 4, channels: 3, filters: 5))
        shapes.append(PairShape(blocks: 2, steps: 0, channels: 3, filters: 5))
        return shapes
    }()
}

/// Bound: 1e-12, sums of at most 288 products in single precision.
@Suite struct WinogradTests {
    private struct Case {
        let shape: PairShape
        let kernels: KernelSet
        let x: [Float]
        /// [2, channels, filters].
        let weights: [Float]
        let bias: [Float]
        let pairs: [Float]

        init(_ shape: PairShape, _ kernels: KernelSet, seed: UInt64) {
            var random = TestRandom(seed)
            self.shape = shape
            self.kernels = kernels
            x = random.floats(shape.blocks * shape.steps * shape.channels)
            weights = random.floats(2 * shape.channels * shape.filters)
            bias = random.floats(shape.filters)
            let x = x
            pairs = written(shape.inputs.count) {
                winogradPairs(
                    x.span, blocks: shape.blocks, steps: shape.steps, columns: shape.channels, into: &$0, kernels: kernels)
            }
        }

        /// [blocks, steps, filters].
        var expected: [Double] {
            let (channels, filters) = (shape.channels, shape.filters)
            let byFilter = (0..<filters).flatMap { filter in
                (0..<2 * channels).map { Double(weights[$0 * filters + filter]) }
            }
            return convolution1DReference(
                doubles(x), weight: byFilter, bias: doubles(bias), rows: shape.blocks, channels: channels, shape.geometry)
        }

        @_lifetime(winner: copy winner)
        func product(_ epilogue: Epilogue, winner: inout MutableSpan<Float>) -> [Float] {
            let (channels, filters) = (shape.channels, shape.filters)
            let packed = written(winogradPackedCount(depth: channels, columns: filters)) {
                winogradPack(
                    weights.span,
                    WeightLayout(
                        taps: 2, tapStride: channels * filters, depth: channels, rowStride: filters, columns: filters,
                        columnStride: 1),
                    bias: bias.span, into: &$0, kernels: kernels)
            }
            return written(shape.blocks * shape.steps / epilogue.shrink * filters) {
                winogradProduct(
                    pairs.span, shape.inputs, packed: packed.span, columns: filters, epilogue: epilogue, into: &$0,
                    winner: &winner, kernels: kernels)
            }
        }
    }

    @Test(arguments: PairShape.all, KernelSet.available) func plain(shape: PairShape, kernels: KernelSet) {
        let test = Case(shape, kernels, seed: 40)
        var none = MutableSpan<Float>()
        #expect(normalizedError(test.product(.plain, winner: &none), test.expected) < 1e-12)
    }

    @Test(arguments: PairShape.all, KernelSet.available) func reluMaxPool2(shape: PairShape, kernels: KernelSet) {
        let test = Case(shape, kernels, seed: 41)
        let filters = shape.filters
        let count = shape.blocks * shape.steps / 2 * filters
        var winner = [Float](repeating: .nan, count: count)
        var winnerSpan = winner.mutableSpan
        let y = test.product(.reluMaxPool2, winner: &winnerSpan)
        let expected = test.expected
        for place in 0..<count {
            let (pair, j) = (place / filters, place % filters)
            let (first, second) = (expected[2 * pair * filters + j], expected[(2 * pair + 1) * filters + j])
            #expect(abs(Double(y[place]) - max(first, second, 0)) < 1e-4)
            // Where rounding decides, either may have won.
            if abs(first - second) > 1e-4, max(first, second) > 1e-4 {
                #expect(winner[place] == (first > second ? 1 : -1))
            } else if max(first, second) < -1e-4 {
                #expect(winner[place] == 0)
            }
        }
    }

    /// Equal neighbours tie exactly, and the first wins; a NaN comes through.
    @Test(arguments: KernelSet.available) func ties(kernels: KernelSet) {
        let shape = PairShape(blocks: 1, steps: 4, channels: 3, filters: 2)
        var values = [Float](repeating: 0.3, count: 12)
        let weights: [Float] = [0.1, 0.7, 0.2, 0.3, 0.4, -0.2, 0.5, 0.6, 0.9, 0.1, 0.3, 0.8]
        func run(_ x: [Float]) -> (y: [Float], winner: [Float]) {
            let pairs = written(shape.inputs.count) {
                winogradPairs(x.span, blocks: 1, steps: 4, columns: 3, into: &$0, kernels: kernels)
            }
            let packed = written(winogradPackedCount(depth: 3, columns: 2)) {
                winogradPack(
                    weights.span,
                    WeightLayout(taps: 2, tapStride: 6, depth: 3, rowStride: 2, columns: 2, columnStride: 1), into: &$0,
                    kernels: kernels)
            }
            var winner = [Float](repeating: .nan, count: 4)
            var span = winner.mutableSpan
            let y = written(4) {
                winogradProduct(
                    pairs.span, shape.inputs, packed: packed.span, columns: 2, epilogue: .reluMaxPool2, into: &$0, winner: &span,
                    kernels: kernels)
            }
            return (y, winner)
        }
        #expect(run(values).winner[0..<2] == [1, 1])
        values[4] = .nan
        let spoiled = run(values).y
        #expect(spoiled[0].isNaN && spoiled[1].isNaN)
    }

    /// The gradients of weights, bias and input, of the plain convolution and of what pooling lets through.
    @Test(arguments: PairShape.all, KernelSet.available) func gradients(shape: PairShape, kernels: KernelSet) {
        for pooled in [false, true] {
            let test = Case(shape, kernels, seed: 42)
            let (filters, steps) = (shape.filters, shape.steps)
            var random = TestRandom(43)
            let dy = random.floats(shape.blocks * steps / (pooled ? 2 : 1) * filters)
            let winner = pooled ? random.ties(dy.count) : []
            /// The gradient of the convolution's output [blocks, steps, filters].
            let full: [Double] = (0..<shape.blocks * steps * filters).map { place in
                let (row, j) = (place / filters, place % filters)
                guard pooled else { return Double(dy[place]) }
                let source = row / 2 * filters + j
                return winner[source] == (row.isMultiple(of: 2) ? 1 : -1) ? Double(dy[source]) : 0
            }
            var sums = [Float](repeating: 20, count: filters)
            var sumsSpan = sums.mutableSpan
            let pairs = written(shape.gradients.count) {
                winogradGradients(
                    dy: dy.span, winner: winner.span, blocks: shape.blocks, rows: steps / 2, columns: filters, into: &$0,
                    addingSumsTo: &sumsSpan, kernels: kernels)
            }
            var expectedSums = [Double](repeating: 20, count: filters)
            for place in full.indices { expectedSums[place % filters] += full[place] }
            #expect(normalizedError(sums, expectedSums) < 1e-12)
            guard !pairs.isEmpty else { continue }
            expectWeightGradient(test, pairs, full)
            expectInputGradient(test, pairs, full)
        }
    }

    private func expectWeightGradient(_ test: Case, _ pairs: [Float], _ full: [Double]) {
        let shape = test.shape
        let size = 2 * shape.channels * shape.filters
        var random = TestRandom(44)
        let before = random.floats(size)
        var expected = doubles(before)
        for tap in 0..<2 {
            for row in 0..<shape.blocks * shape.steps where row % shape.steps + tap < shape.steps {
                for channel in 0..<shape.channels {
                    let value = Double(test.x[(row + tap) * shape.channels + channel])
                    for filter in 0..<shape.filters {
                        expected[(tap * shape.channels + channel) * shape.filters + filter] +=
                            value * full[row * shape.filters + filter]
                    }
                }
            }
        }
        let measured = changed(before) {
            addWinogradOuterProduct(
                test.pairs.span, shape.inputs, pairs.span, shape.gradients, to: &$0, kernels: test.kernels)
        }
        #expect(normalizedError(measured, expected) < 1e-12)
    }

    private func expectInputGradient(_ test: Case, _ pairs: [Float], _ full: [Double]) {
        let (shape, channels, filters) = (test.shape, test.shape.channels, test.shape.filters)
        let packed = written(winogradPackedCount(depth: filters, columns: channels)) {
            winogradPack(
                test.weights.span,
                WeightLayout(
                    taps: 2, tapStride: -channels * filters, depth: filters, rowStride: 1, columns: channels,
                    columnStride: filters),
                into: &$0, kernels: test.kernels)
        }
        var none = MutableSpan<Float>()
        let dx = written(test.x.count) {
            winogradProduct(
                pairs.span.extracting((2 * shape.gradients.partStride)...), shape.gradients, packed: packed.span,
                columns: channels, epilogue: .plain, into: &$0, winner: &none, kernels: test.kernels)
        }
        var expected = [Double](repeating: 0, count: dx.count)
        for row in 0..<shape.blocks * shape.steps {
            for tap in 0..<2 where row % shape.steps >= tap {
                for channel in 0..<channels {
                    for filter in 0..<filters {
                        expected[row * channels + channel] +=
                            full[(row - tap) * filters + filter]
                            * Double(test.weights[(tap * channels + channel) * filters + filter])
                    }
                }
            }
        }
        #expect(normalizedError(dx, expected) < 1e-12)
    }
}
