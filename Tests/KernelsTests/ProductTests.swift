import Kernels
import Testing

/// A product as convolutions, dense layers and LSTMs ask for it.
struct ProductShape: Sendable, CustomTestStringConvertible {
    var blocks: Int
    var rows: Int
    var taps: Int
    var depth: Int
    var columns: Int
    /// Floats between the rows of a; where it is less than a row has, rows overlap.
    var rowStride: Int
    /// Floats that lie between the rows of c.
    var gap = 0
    /// Floats that lie between the runs of a row, as under a kernel whose taps are apart.
    var spread = 0

    var testDescription: String { "\(blocks) x [\(rows), \(taps) x \(depth)] [\(columns)], rows \(rowStride) apart" }

    var layout: OperandRows {
        OperandRows(
            blocks: blocks, blockStride: (rows - 1) * rowStride + taps * (depth + spread) + 3, rows: rows, rowStride: rowStride,
            taps: taps, tapStride: depth + spread, depth: depth)
    }
    var operandCount: Int { blocks * layout.blockStride }
    var resultRow: Int { columns + gap }

    /// Row r of block i of the left operand.
    func row(_ i: Int, _ r: Int, _ a: [Double]) -> [Double] {
        (0..<taps).flatMap { tap in
            let start = i * layout.blockStride + r * rowStride + tap * layout.tapStride
            return a[start..<start + depth]
        }
    }

    /// All remainders of tiles of up to 8 rows and panels of up to 3 x 16 columns, then the study's own products.
    static let all: [ProductShape] = {
        var shapes: [ProductShape] = []
        for (index, columns) in [1, 4, 5, 15, 16, 17, 31, 32, 33, 48, 49, 64, 65, 100].enumerated() {
            for (taps, depth) in [(1, 1), (1, 7), (2, 3), (3, 4), (1, 36)] {
                let rows = shapes.count % 20 + 1
                shapes.append(
                    ProductShape(
                        blocks: index % 3 + 1, rows: rows, taps: taps, depth: depth, columns: columns,
                        rowStride: [depth, taps * depth, taps * depth + 5][shapes.count % 3], gap: shapes.count % 2 * 3))
            }
        }
        shapes += [(9, 128, 18), (18, 64, 36), (36, 32, 72), (72, 16, 144)].map { channels, steps, filters in
            ProductShape(blocks: 3, rows: steps, taps: 2, depth: channels, columns: filters, rowStride: channels)
        }
        shapes.append(ProductShape(blocks: 1, rows: 50, taps: 1, depth: 1152, columns: 6, rowStride: 1152))
        shapes.append(ProductShape(blocks: 1, rows: 1, taps: 1, depth: 1152, columns: 6, rowStride: 1152))
        return shapes + large
    }()

    /// Weights that pass in runs (above 2^19, of depths above those of two runs), with rows for two groups of them, whole tiles and
    /// what is left; gradients that are added up from packed rows (from 2^16 on), a tile and a panel more than full, and one less.
    private static let large: [ProductShape] = [
        ProductShape(blocks: 2, rows: 83, taps: 1, depth: 1061, columns: 500, rowStride: 1061, gap: 3),
        ProductShape(blocks: 1, rows: 16, taps: 3, depth: 350, columns: 513, rowStride: 350),
        ProductShape(blocks: 2, rows: 70, taps: 2, depth: 137, columns: 241, rowStride: 137, gap: 3, spread: 5),
        ProductShape(blocks: 1, rows: 128, taps: 1, depth: 255, columns: 257, rowStride: 260),
        ProductShape(blocks: 1, rows: 3, taps: 1, depth: 256, columns: 256, rowStride: 256),
    ]
}

/// Bound: 1e-12, sums of at most 1152 products in single precision.
@Suite struct ProductTests {
    private struct Case {
        let a: [Float]
        let weights: [Float]
        let bias: [Float]
        let expected: [[Double]]

        init(_ shape: ProductShape, seed: UInt64) {
            var random = TestRandom(seed)
            a = random.floats(shape.operandCount)
            weights = random.floats(shape.layout.width * shape.columns)
            bias = random.floats(shape.columns)
            let (left, right) = (doubles(a), doubles(weights))
            var expected: [[Double]] = []
            for i in 0..<shape.blocks {
                for r in 0..<shape.rows {
                    var sums = doubles(bias)
                    for (k, value) in shape.row(i, r, left).enumerated() {
                        for j in 0..<shape.columns { sums[j] += value * right[k * shape.columns + j] }
                    }
                    expected.append(sums)
                }
            }
            self.expected = expected
        }

        func packed(_ shape: ProductShape, _ kernels: KernelSet) -> [Float] {
            written(packedCount(depth: shape.layout.width, columns: shape.columns)) {
                pack(
                    weights.span, WeightLayout(depth: shape.layout.width, columns: shape.columns), bias: bias.span, into: &$0,
                    kernels: kernels)
            }
        }
    }

    @Test(arguments: ProductShape.all, KernelSet.available) func plain(shape: ProductShape, kernels: KernelSet) {
        let test = Case(shape, seed: 30)
        let packed = test.packed(shape, kernels)
        let c = changed([Float](repeating: 7, count: shape.blocks * shape.rows * shape.resultRow)) {
            product(
                test.a.span, shape.layout, packed: packed.span, columns: shape.columns, into: &$0,
                blockStride: shape.rows * shape.resultRow, rowStride: shape.resultRow, kernels: kernels)
        }
        let known = test.expected.indices.flatMap { c[$0 * shape.resultRow..<$0 * shape.resultRow + shape.columns] }
        #expect(normalizedError(known, test.expected.flatMap { $0 }) < 1e-12)
        for row in test.expected.indices {
            let start = row * shape.resultRow
            #expect(c[start + shape.columns..<start + shape.resultRow].allSatisfy { $0 == 7 }, "written behind row \(row)")
        }
    }

    /// Weights as they stand in memory, plain and transposed, in several blocks and runs: what packed ones give, to the bit where no row
    /// goes by itself. Nothing is read behind them.
    @Test(
        arguments: [(1, 3, 1), (2, 7, 5), (8, 129, 48), (64, 300, 333), (70, 530, 700), (13, 513, 400), (1, 130, 49)],
        KernelSet.available)
    func weightsPackedOnTheWay(_ extents: (rows: Int, depth: Int, columns: Int), kernels: KernelSet) {
        let (rows, depth, columns) = extents
        let plain = WeightLayout(depth: depth, columns: columns)
        let shape = ProductShape(blocks: 1, rows: rows, taps: 1, depth: depth, columns: columns, rowStride: depth)
        let test = Case(shape, seed: 34)
        let a = Array(test.a.prefix(rows * depth))
        let packed = test.packed(shape, kernels)
        let expected = written(rows * columns) {
            product(
                a.span, OperandRows(rows: rows, depth: depth), packed: packed.span, columns: columns, into: &$0,
                rowStride: columns, kernels: kernels)
        }
        var turned = [Float](repeating: 0, count: depth * columns)
        for k in 0..<depth { for j in 0..<columns { turned[j * depth + k] = test.weights[k * columns + j] } }
        for (weights, layout) in [(test.weights, plain), (turned, .transposed(depth: depth, columns: columns))] {
            let c = written(rows * columns) {
                product(a.span, rows: rows, weights: weights.span, layout, bias: test.bias.span, into: &$0, kernels: kernels)
            }
            if rows.isMultiple(of: 8) { #expect(c == expected) }
            #expect(normalizedError(c, test.expected.flatMap { $0 }) < 1e-12)
        }
        let unbiased = written(columns) {
            product(a.span.extracting(0..<depth), rows: 1, weights: test.weights.span, plain, into: &$0, kernels: kernels)
        }
        let sums = (0..<columns).map { test.expected[0][$0] - Double(test.bias[$0]) }
        #expect(normalizedError(unbiased, sums) < 1e-12)
    }

    @Test(arguments: ProductShape.all.filter { $0.rows.isMultiple(of: 2) }, KernelSet.available)
    func reluMaxPool2(shape: ProductShape, kernels: KernelSet) {
        let test = Case(shape, seed: 31)
        let packed = test.packed(shape, kernels)
        let count = shape.blocks * shape.rows / 2 * shape.columns
        var winner = [Float](repeating: .nan, count: count)
        var winnerSpan = winner.mutableSpan
        let c = written(count) {
            product(
                test.a.span, shape.layout, packed: packed.span, columns: shape.columns, epilogue: .reluMaxPool2, into: &$0,
                blockStride: shape.rows / 2 * shape.columns, rowStride: shape.columns, winner: &winnerSpan, kernels: kernels)
        }
        for pair in 0..<shape.blocks * shape.rows / 2 {
            let (first, second) = (test.expected[2 * pair], test.expected[2 * pair + 1])
            for j in 0..<shape.columns {
                let place = pair * shape.columns + j
                let most = max(first[j], second[j], 0)
                #expect(abs(Double(c[place]) - most) < 1e-4)
                // Where rounding decides, either may have won.
                if abs(first[j] - second[j]) > 1e-4, abs(most) > 1e-4 {
                    #expect(winner[place] == (first[j] > second[j] ? 1 : -1))
                }
                if most == 0, max(first[j], second[j]) < -1e-4 { #expect(winner[place] == 0) }
            }
        }
    }

    /// The first of two equal rows wins; a NaN in either comes through; below zero nobody wins.
    @Test(arguments: KernelSet.available) func pairs(kernels: KernelSet) {
        let cases: [(Float, Float, value: Float, winner: Float?)] = [
            (2, 2, 2, 1), (1, 3, 3, -1), (3, 1, 3, 1), (-1, -2, 0, 0), (0, 0, 0, 0), (.nan, 1, .nan, nil), (1, .nan, .nan, nil),
            (.infinity, 1, .infinity, 1),
        ]
        for (first, second, value, who) in cases {
            let packed = written(packedCount(depth: 1, columns: 1)) {
                pack([1].span, WeightLayout(depth: 1, columns: 1), into: &$0, kernels: kernels)
            }
            var winner: [Float] = [9]
            var winnerSpan = winner.mutableSpan
            let c = written(1) {
                product(
                    [first, second].span, OperandRows(rows: 2, depth: 1), packed: packed.span, columns: 1,
                    epilogue: .reluMaxPool2, into: &$0, blockStride: 1, rowStride: 1, winner: &winnerSpan, kernels: kernels)
            }
            #expect(c[0] == value || c[0].isNaN && value.isNaN, "\(first), \(second)")
            if let who { #expect(winner[0] == who, "\(first), \(second)") }
        }
    }

    /// Transposed weights, and taps from the last to the first, as the gradients of inputs need them.
    @Test(arguments: KernelSet.available) func layouts(kernels: KernelSet) {
        let (taps, filters, channels) = (3, 5, 18)
        var random = TestRandom(32)
        let weight = random.floats(taps * channels * filters)
        let a = random.floats(taps * filters)
        let packed = written(packedCount(depth: taps * filters, columns: channels)) {
            pack(
                weight.span,
                WeightLayout(
                    taps: taps, tapStride: -channels * filters, depth: filters, rowStride: 1, columns: channels,
                    columnStride: filters),
                into: &$0, kernels: kernels)
        }
        let c = written(channels) {
            product(
                a.span, OperandRows(rows: 1, depth: taps * filters), packed: packed.span, columns: channels, into: &$0,
                rowStride: channels, kernels: kernels)
        }
        let expected = (0..<channels).map { channel in
            var sum = 0.0
            for tap in 0..<taps {
                for f in 0..<filters {
                    sum += Double(a[tap * filters + f]) * Double(weight[((taps - 1 - tap) * channels + channel) * filters + f])
                }
            }
            return sum
        }
        #expect(normalizedError(c, expected) < 1e-12)
    }

    @Test(arguments: ProductShape.all, KernelSet.available) func outer(shape: ProductShape, kernels: KernelSet) {
        var random = TestRandom(33)
        let a = random.floats(shape.operandCount)
        let width = KernelSet.padded(shape.columns)
        var b = random.floats(shape.blocks * shape.rows * width)
        let before = random.floats(shape.layout.width * shape.resultRow)
        var expected = doubles(before)
        let (left, right) = (doubles(a), doubles(b))
        for i in 0..<shape.blocks {
            for r in 0..<shape.rows {
                for (k, value) in shape.row(i, r, left).enumerated() {
                    for j in 0..<shape.columns {
                        expected[k * shape.resultRow + j] += value * right[(i * shape.rows + r) * width + j]
                    }
                }
            }
        }
        // What stands in the padding does not matter.
        for row in 0..<shape.blocks * shape.rows {
            for j in shape.columns..<width { b[row * width + j] = .nan }
        }
        let c = changed(before) {
            addOuterProduct(
                a.span, shape.layout, b.span, columns: shape.columns, blockStride: shape.rows * width, rowStride: width, to: &$0,
                resultStride: shape.resultRow, kernels: kernels)
        }
        #expect(normalizedError(c, expected) < 1e-12)
    }

    @Test(arguments: [1, 3, 16, 17, 36, 50], KernelSet.available) func unpooling(columns: Int, kernels: KernelSet) {
        let (blocks, rows, start) = (3, 5, 16)
        let width = KernelSet.padded(columns)
        let blockStride = 2 * rows * width + 16
        var random = TestRandom(34)
        let dy = random.floats(blocks * rows * columns)
        let winner = random.ties(blocks * rows * columns)
        let sumsBefore = random.floats(columns)
        var sums = sumsBefore
        var sumsSpan = sums.mutableSpan
        let dx = written(start + blocks * blockStride) {
            unpoolGradient(
                dy: dy.span, winner: winner.span, blocks: blocks, rows: rows, columns: columns, into: &$0, from: start,
                blockStride: blockStride, rowStride: width, addingSumsTo: &sumsSpan, kernels: kernels)
        }
        var expected = doubles(sumsBefore)
        for place in 0..<blocks * rows * columns {
            let (block, row, j) = (place / (rows * columns), place / columns % rows, place % columns)
            let target = start + block * blockStride + 2 * row * width + j
            #expect(dx[target] == (winner[place] > 0 ? dy[place] : 0))
            #expect(dx[target + width] == (winner[place] < 0 ? dy[place] : 0))
            if winner[place] != 0 { expected[j] += Double(dy[place]) }
        }
        #expect(normalizedError(sums, expected) < 1e-12)
    }
}
