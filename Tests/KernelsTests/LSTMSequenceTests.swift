import Kernels
import Oracles
import Testing

/// A layer over a batch of sequences.
struct SequenceShape: Sendable, CustomTestStringConvertible {
    var steps: Int
    var rows: Int
    var inputs: Int
    var units: Int

    var testDescription: String { "[\(rows), \(steps), \(inputs)] to \(units) units" }

    /// The input as a batch has it, [rows, steps, inputs].
    var extents: LSTMExtents {
        LSTMExtents(steps: steps, rows: rows, inputs: inputs, units: units, stepStride: inputs, rowStride: steps * inputs)
    }

    static let all: [SequenceShape] = [
        (1, 1, 1, 1), (2, 1, 3, 4), (3, 2, 1, 5), (4, 3, 7, 15), (5, 5, 9, 16), (3, 6, 2, 17), (6, 7, 4, 31), (2, 9, 5, 33),
        (4, 13, 3, 50), (12, 6, 27, 27), (7, 1, 27, 27), (3, 4, 18, 64),
        (9, 1, 2, 44), (8, 9, 3, 45), (13, 2, 5, 59), (3, 8, 1, 76), (2, 1, 4, 100),
        // Weights that no first-level cache holds, with every remainder of tiles; some pass in runs, a few steps
        // at a time, and the last one's in the way back, with rows for two groups.
        (3, 7, 20, 100), (4, 11, 9, 72), (2, 20, 33, 90), (5, 2, 64, 64), (9, 13, 250, 260), (2, 7, 260, 256), (2, 80, 3, 257),
    ].map { SequenceShape(steps: $0.0, rows: $0.1, inputs: $0.2, units: $0.3) }
}

/// Bound: 1e-11, a few steps on functions good to 3 units in the last place.
@Suite struct LSTMSequenceTests {
    /// A layer and what the reference makes of it, all [steps][rows, units] in double precision.
    private struct Case {
        let shape: SequenceShape
        let x: [Float]
        let input: [Float]
        let hidden: [Float]
        let bias: [Float]
        var preActivations: [[Double]] = []
        var steps: [LSTMCellReference] = []

        init(_ shape: SequenceShape, seed: UInt64) {
            self.shape = shape
            var random = TestRandom(seed)
            x = random.floats(shape.rows * shape.steps * shape.inputs)
            // Of many weights each is small, as layers begin with: else gates are shut and rounding grows from step to step.
            let scale = min(1, 4 / Float(shape.inputs + shape.units).squareRoot())
            input = random.floats(shape.inputs * 4 * shape.units).map { scale * $0 }
            hidden = random.floats(shape.units * 4 * shape.units).map { scale * $0 }
            bias = random.floats(4 * shape.units)
            for step in 0..<shape.steps {
                var z: [Double] = []
                for row in 0..<shape.rows {
                    for gate in 0..<4 * shape.units {
                        var sum = Double(bias[gate])
                        for k in 0..<shape.inputs {
                            sum +=
                                Double(x[(row * shape.steps + step) * shape.inputs + k])
                                * Double(input[k * 4 * shape.units + gate])
                        }
                        if step > 0 {
                            for k in 0..<shape.units {
                                sum += steps[step - 1].hidden[row * shape.units + k] * Double(hidden[k * 4 * shape.units + gate])
                            }
                        }
                        z.append(sum)
                    }
                }
                preActivations.append(z)
                steps.append(
                    lstmCellForwardReference(
                        preActivations: z, previousCell: step == 0 ? [] : steps[step - 1].cell, rows: shape.rows,
                        units: shape.units))
            }
        }

        func packed(_ kernels: KernelSet) -> [Float] {
            written(packedGatesCount(inputs: shape.inputs, units: shape.units)) {
                packGates(
                    input: input.span, hidden: hidden.span, bias: bias.span, inputs: shape.inputs, units: shape.units, into: &$0,
                    kernels: kernels)
            }
        }

        /// Runs the kernel; without gates as a prediction does.
        func forward(_ kernels: KernelSet, training: Bool) -> (gates: [Float], cell: [Float], hidden: [Float]) {
            let slab = shape.extents.slab
            let packed = packed(kernels)
            var gates = [Float](repeating: .nan, count: training ? 4 * slab : 0)
            var cell = [Float](repeating: .nan, count: training ? slab : shape.rows * shape.extents.padded)
            var gatesSpan = gates.mutableSpan
            var cellSpan = cell.mutableSpan
            var scratch = [Float](
                repeating: .nan, count: LSTMExtents.scratchCount(rows: shape.rows, inputs: shape.inputs, units: shape.units))
            var scratchSpan = scratch.mutableSpan
            let hidden = written(slab) {
                lstmForward(
                    x.span, shape.extents, packed: packed.span, gates: &gatesSpan, cell: &cellSpan, hidden: &$0,
                    scratch: &scratchSpan, kernels: kernels)
            }
            return (gates, cell, hidden)
        }

        /// The units of a padded slab [count, padded].
        func units(_ padded: [Float]) -> [Float] {
            let width = shape.extents.padded
            return stride(from: 0, to: padded.count, by: width).flatMap { padded[$0..<$0 + shape.units] }
        }
    }

    @Test(arguments: SequenceShape.all, KernelSet.available) func forward(shape: SequenceShape, kernels: KernelSet) {
        let test = Case(shape, seed: 40)
        let result = test.forward(kernels, training: true)
        #expect(normalizedError(test.units(result.gates), test.steps.flatMap(\.gates)) < 1e-11)
        #expect(normalizedError(test.units(result.cell), test.steps.flatMap(\.cell)) < 1e-11)
        #expect(normalizedError(test.units(result.hidden), test.steps.flatMap(\.hidden)) < 1e-11)
    }

    /// A prediction computes the same bits as training, and keeps the last cell states alone.
    @Test(arguments: SequenceShape.all, KernelSet.available) func prediction(shape: SequenceShape, kernels: KernelSet) {
        let test = Case(shape, seed: 41)
        let (training, prediction) = (test.forward(kernels, training: true), test.forward(kernels, training: false))
        #expect(test.units(prediction.hidden) == test.units(training.hidden))
        #expect(test.units(prediction.cell) == Array(test.units(training.cell).suffix(shape.rows * shape.units)))
    }

    @Test(arguments: SequenceShape.all, KernelSet.available) func backward(shape: SequenceShape, kernels: KernelSet) {
        for allSteps in [true, false] { backward(shape, kernels, allSteps: allSteps) }
    }

    private func backward(_ shape: SequenceShape, _ kernels: KernelSet, allSteps: Bool) {
        let test = Case(shape, seed: 42)
        var random = TestRandom(43)
        let (units, width) = (shape.units, shape.extents.padded)
        let known = allSteps ? shape.steps : 1
        let dOutput = random.floats(known * shape.rows * units)
        // The chain rule, step by step from the last.
        var expected: [[Double]] = []
        var dCell = [Double](repeating: 0, count: shape.rows * units)
        for step in (0..<shape.steps).reversed() {
            var dHidden = [Double](repeating: 0, count: shape.rows * units)
            if allSteps || step == shape.steps - 1 {
                let first = allSteps ? step * shape.rows * units : 0
                for i in dHidden.indices { dHidden[i] = Double(dOutput[first + i]) }
            }
            if let later = expected.first {
                for row in 0..<shape.rows {
                    for k in 0..<units {
                        for gate in 0..<4 * units {
                            dHidden[row * units + k] += later[row * 4 * units + gate] * Double(test.hidden[k * 4 * units + gate])
                        }
                    }
                }
            }
            let gradient = lstmCellBackwardReference(
                preActivations: test.preActivations[step], previousCell: step == 0 ? [] : test.steps[step - 1].cell,
                dHidden: dHidden, dCell: dCell, rows: shape.rows, units: units)
            expected.insert(gradient.dPreActivations, at: 0)
            dCell = gradient.dPreviousCell
        }
        var padded = [Float](repeating: 0, count: known * shape.rows * width)
        for row in 0..<known * shape.rows {
            for unit in 0..<units { padded[row * width + unit] = dOutput[row * units + unit] }
        }
        let transposed = written(packedCount(depth: 4 * units, columns: units)) {
            pack(test.hidden.span, .transposed(depth: 4 * units, columns: units), into: &$0, kernels: kernels)
        }
        let forward = test.forward(kernels, training: true)
        var scratch = [Float](repeating: .nan, count: shape.rows * width)
        var scratchSpan = scratch.mutableSpan
        let gateRow = shape.extents.gateRow
        let rows = written(shape.steps * shape.rows * gateRow) {
            lstmBackward(
                shape.extents, packed: transposed.span, dHidden: padded.span, gates: forward.gates.span,
                cell: forward.cell.span, dGates: &$0, dCell: &scratchSpan, kernels: kernels)
        }
        let dGates = stride(from: 0, to: rows.count, by: gateRow).flatMap { rows[$0..<$0 + 4 * units] }
        #expect(normalizedError(dGates, expected.flatMap { $0 }) < 1e-11)
    }

    /// Gradients that have faded below the least normal number are zeros, and elsewhere such numbers are still what they were: they take
    /// a CPU a hundred times as long.
    @Test(arguments: KernelSet.available) func fadedGradientsAreZeros(kernels: KernelSet) {
        let test = Case(SequenceShape(steps: 3, rows: 9, inputs: 2, units: 20), seed: 44)
        let (extents, width) = (test.shape.extents, test.shape.extents.padded)
        let least = Float.leastNormalMagnitude
        let packed = written(packedCount(depth: 80, columns: 20)) {
            pack(test.hidden.span, .transposed(depth: 80, columns: 20), into: &$0, kernels: kernels)
        }
        let forward = test.forward(kernels, training: true)
        func gradients(of dHidden: Float) -> [Float] {
            let dOutput = [Float](repeating: dHidden, count: extents.slab)
            var scratch = [Float](repeating: .nan, count: 9 * width)
            var scratchSpan = scratch.mutableSpan
            let rows = written(3 * 9 * extents.gateRow) {
                lstmBackward(
                    extents, packed: packed.span, dHidden: dOutput.span, gates: forward.gates.span, cell: forward.cell.span,
                    dGates: &$0, dCell: &scratchSpan, kernels: kernels)
            }
            return stride(from: 0, to: rows.count, by: extents.gateRow).flatMap { rows[$0..<$0 + 80] }
        }
        #expect(gradients(of: least / 4).allSatisfy { $0 == 0 })
        let faint = gradients(of: 8 * least)
        #expect(faint.contains { $0 != 0 } && faint.allSatisfy { $0 == 0 || abs($0) >= least })
        // Divided by a number that no compiler knows.
        #expect(least / Float(KernelSet.available.count + 1) > 0)
    }

    /// Saturated gates keep a cell; a NaN in the input reaches every later output.
    @Test(arguments: KernelSet.available) func extremes(kernels: KernelSet) {
        let extents = LSTMExtents(steps: 3, rows: 1, inputs: 1, units: 1, stepStride: 1, rowStride: 3)
        let packed = written(packedGatesCount(inputs: 1, units: 1)) {
            packGates(
                input: [1e30, 0, 1e30, 0].span, hidden: [0, 0, 0, 0].span, bias: [0, 1e30, 0, 1e30].span, inputs: 1, units: 1,
                into: &$0, kernels: kernels)
        }
        func outputs(_ x: [Float]) -> [Float] {
            var gates = MutableSpan<Float>()
            var cell = [Float](repeating: .nan, count: extents.padded)
            var cellSpan = cell.mutableSpan
            var scratch = [Float](repeating: .nan, count: LSTMExtents.scratchCount(rows: 1, inputs: 1, units: 1))
            var scratchSpan = scratch.mutableSpan
            let hidden = written(extents.slab) {
                lstmForward(
                    x.span, extents, packed: packed.span, gates: &gates, cell: &cellSpan, hidden: &$0, scratch: &scratchSpan,
                    kernels: kernels)
            }
            return [hidden[0], hidden[extents.padded], hidden[2 * extents.padded]]
        }
        // The cell is 1 after the first step; then the input gate is shut and the cell stays.
        let kept = outputs([1, -1, -1])
        #expect(kept.allSatisfy { abs($0 - 0.761_594_2) < 1e-6 })
        #expect(outputs([1, .nan, 1]).map(\.isNaN) == [false, true, true])
    }
}
