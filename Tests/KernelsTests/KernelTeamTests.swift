import Kernels
import Platform
import Testing

/// Threads that share columns give the bits that one thread gives. All calls are large enough to be shared.
@Suite struct KernelTeamTests {
    private static let threads = [2, 3, 5]

    /// Columns that do not fill their last panel, and as many panels as some teams can share and others cannot.
    @Test(arguments: threads, [40, 100, 513]) func products(threads: Int, columns: Int) {
        let team = KernelTeam(ThreadPool(threads: threads))
        var random = TestRandom(40)
        let (rows, depth) = (130, 500)
        let a = random.floats(rows * depth)
        let weights = random.floats(depth * columns)
        let bias = random.floats(columns)
        let layout = WeightLayout(depth: depth, columns: columns)
        let packed = written(packedCount(depth: depth, columns: columns)) {
            pack(weights.span, layout, bias: bias.span, into: &$0)
        }
        for epilogue in [Epilogue.plain, .reluMaxPool2] {
            func product(_ team: KernelTeam) -> (c: [Float], winner: [Float]) {
                let count = rows / epilogue.shrink * columns
                var winner = [Float](repeating: 9, count: epilogue == .plain ? 0 : count)
                var winnerSpan = winner.mutableSpan
                let c = written(count) {
                    Kernels.product(
                        a.span, OperandRows(rows: rows, depth: depth), packed: packed.span, columns: columns, epilogue: epilogue,
                        into: &$0, blockStride: 0, rowStride: columns, winner: &winnerSpan, team: team)
                }
                return (c, winner)
            }
            #expect(product(team) == product(.alone))
        }
        func onTheWay(_ team: KernelTeam) -> [Float] {
            written(rows * columns) {
                product(a.span, rows: rows, weights: weights.span, layout, bias: bias.span, into: &$0, team: team)
            }
        }
        #expect(onTheWay(team) == onTheWay(.alone))
    }

    /// A result that is added up from packed rows, and one that is not.
    @Test(arguments: threads, [700, 90]) func outerProducts(threads: Int, depth: Int) {
        let team = KernelTeam(ThreadPool(threads: threads))
        var random = TestRandom(41)
        let (rows, columns) = (300, 101)
        let width = KernelSet.padded(columns)
        let a = random.floats(rows * depth)
        let b = random.floats(rows * width)
        let before = random.floats(depth * columns)
        func product(_ team: KernelTeam) -> [Float] {
            changed(before) {
                addOuterProduct(
                    a.span, OperandRows(rows: rows, depth: depth), b.span, columns: columns, rowStride: width, to: &$0,
                    resultStride: columns, team: team)
            }
        }
        #expect(product(team) == product(.alone))
    }

    @Test(arguments: threads) func convolutionsOfTwoTaps(threads: Int) {
        let team = KernelTeam(ThreadPool(threads: threads))
        var random = TestRandom(42)
        let (blocks, steps, channels, filters) = (4, 128, 70, 100)
        let inputs = WinogradPairs(blocks: blocks, rows: steps / 2, depth: channels, parts: WinogradPairs.inputParts)
        let gradients = WinogradPairs(blocks: blocks, rows: steps / 2, depth: filters, parts: WinogradPairs.gradientParts)
        let x = random.floats(inputs.count)
        let d = random.floats(gradients.count)
        let weights = random.floats(2 * channels * filters)
        let packed = written(winogradPackedCount(depth: channels, columns: filters)) {
            winogradPack(
                weights.span,
                WeightLayout(
                    taps: 2, tapStride: channels * filters, depth: channels, rowStride: filters, columns: filters, columnStride: 1
                ),
                into: &$0)
        }
        for epilogue in [Epilogue.plain, .reluMaxPool2] {
            func product(_ team: KernelTeam) -> [Float] {
                var none = MutableSpan<Float>()
                return written(blocks * steps / epilogue.shrink * filters) {
                    winogradProduct(
                        x.span, inputs, packed: packed.span, columns: filters, epilogue: epilogue, into: &$0, winner: &none,
                        team: team)
                }
            }
            #expect(product(team) == product(.alone))
        }
        func outer(_ team: KernelTeam) -> [Float] {
            changed(weights) { addWinogradOuterProduct(x.span, inputs, d.span, gradients, to: &$0, team: team) }
        }
        #expect(outer(team) == outer(.alone))
    }

    /// One row; rows that fill tiles, and one more, with weights that a first-level cache holds; weights that a second-level cache
    /// holds; and weights that none does. Units fill their last vector and do not.
    @Test(
        arguments: threads,
        [
            SequenceShape(steps: 18, rows: 1, inputs: 9, units: 200), SequenceShape(steps: 9, rows: 41, inputs: 1, units: 40),
            SequenceShape(steps: 9, rows: 7, inputs: 20, units: 96), SequenceShape(steps: 11, rows: 5, inputs: 250, units: 260),
        ])
    func sequences(threads: Int, shape: SequenceShape) {
        let team = KernelTeam(ThreadPool(threads: threads))
        let extents = shape.extents
        var random = TestRandom(43)
        let x = random.floats(shape.rows * shape.steps * shape.inputs)
        let input = random.floats(shape.inputs * 4 * shape.units)
        let hidden = random.floats(shape.units * 4 * shape.units)
        let packed = written(packedGatesCount(inputs: shape.inputs, units: shape.units)) {
            packGates(input: input.span, hidden: hidden.span, bias: Span(), inputs: shape.inputs, units: shape.units, into: &$0)
        }
        for training in [false, true] {
            func states(_ team: KernelTeam) -> [[Float]] {
                var gates = [Float](repeating: 0, count: training ? 4 * extents.slab : 0)
                var cell = [Float](repeating: 0, count: training ? extents.slab : extents.rows * extents.padded)
                var hidden = [Float](repeating: 0, count: extents.slab)
                var scratch = [Float](
                    repeating: 0,
                    count: LSTMExtents.scratchCount(rows: shape.rows, inputs: shape.inputs, units: shape.units))
                var gatesSpan = gates.mutableSpan
                var cellSpan = cell.mutableSpan
                var hiddenSpan = hidden.mutableSpan
                var scratchSpan = scratch.mutableSpan
                lstmForward(
                    x.span, extents, packed: packed.span, gates: &gatesSpan, cell: &cellSpan, hidden: &hiddenSpan,
                    scratch: &scratchSpan, team: team)
                return [gates, cell, hidden]
            }
            #expect(states(team) == states(.alone))
        }
    }
}
