import Kernels
import Testing

/// Bound: 1e-12 everywhere; a step is a handful of operations on functions good to 3 units in the last place.
@Suite struct LSTMCellTests {
    private struct Step {
        var gates: [Float]
        var cell: [Float]
        var cellTanh: [Float]
        var hidden: [Float]
    }

    private func forward(_ preActivations: [Float], _ previousCell: [Float], rows: Int, units: Int) -> Step {
        var gates = preActivations
        var cell = [Float](repeating: .nan, count: rows * units)
        var cellTanh = cell
        var hidden = cell
        var gatesSpan = gates.mutableSpan
        var cellSpan = cell.mutableSpan
        var cellTanhSpan = cellTanh.mutableSpan
        var hiddenSpan = hidden.mutableSpan
        lstmCellForward(
            gates: &gatesSpan, previousCell: previousCell.span, cell: &cellSpan, cellTanh: &cellTanhSpan, hidden: &hiddenSpan,
            rows: rows, units: units)
        return Step(gates: gates, cell: cell, cellTanh: cellTanh, hidden: hidden)
    }

    @Test(arguments: MatrixShape.all, [true, false]) func forward(shape: MatrixShape, hasPrevious: Bool) {
        var random = TestRandom(18)
        let preActivations = random.floats(4 * shape.count, -5...5)
        let previousCell = hasPrevious ? random.floats(shape.count, -2...2) : []
        let step = forward(preActivations, previousCell, rows: shape.rows, units: shape.columns)
        let expected = lstmCellForwardReference(
            preActivations: doubles(preActivations), previousCell: doubles(previousCell), rows: shape.rows, units: shape.columns)
        #expect(normalizedError(step.gates, expected.gates) < 1e-12)
        #expect(normalizedError(step.cell, expected.cell) < 1e-12)
        #expect(normalizedError(step.cellTanh, expected.cellTanh) < 1e-12)
        #expect(normalizedError(step.hidden, expected.hidden) < 1e-12)
    }

    @Test(arguments: MatrixShape.all, [true, false]) func backward(shape: MatrixShape, hasPrevious: Bool) {
        var random = TestRandom(19)
        let preActivations = random.floats(4 * shape.count, -5...5)
        let previousCell = hasPrevious ? random.floats(shape.count, -2...2) : []
        let dHidden = random.floats(shape.count)
        var dCell = random.floats(shape.count)
        let expected = lstmCellBackwardReference(
            preActivations: doubles(preActivations), previousCell: doubles(previousCell), dHidden: doubles(dHidden),
            dCell: doubles(dCell), rows: shape.rows, units: shape.columns)
        let step = forward(preActivations, previousCell, rows: shape.rows, units: shape.columns)
        var dCellSpan = dCell.mutableSpan
        let dPreActivations = changed(step.gates) {
            lstmCellBackward(
                gates: &$0, previousCell: previousCell.span, cellTanh: step.cellTanh.span, dHidden: dHidden.span,
                dCell: &dCellSpan, rows: shape.rows, units: shape.columns)
        }
        #expect(normalizedError(dPreActivations, expected.dPreActivations) < 1e-12)
        #expect(normalizedError(dCell, expected.dPreviousCell) < 1e-12)
    }

    /// A saturated step stays finite and keeps its cell; a NaN reaches the output.
    @Test func extremes() {
        let kept = forward([-1e30, 1e30, 1e30, 1e30], [3], rows: 1, units: 1)
        #expect(kept.gates[1...] == [1, 1, 1] && kept.gates[0] < 1e-30)
        #expect(kept.cell == [3])
        #expect(kept.hidden == kept.cellTanh)
        for gate in 0..<4 {
            var preActivations: [Float] = [0, 0, 0, 0]
            preActivations[gate] = .nan
            #expect(forward(preActivations, [1], rows: 1, units: 1).hidden[0].isNaN, "gate \(gate)")
        }
        #expect(forward([0, 0, 0, 0], [.nan], rows: 1, units: 1).hidden[0].isNaN)
    }
}
