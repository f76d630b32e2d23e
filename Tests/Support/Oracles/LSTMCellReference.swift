import Glibc

/// What one LSTM step leaves behind.
public struct LSTMCellReference: Sendable {
    /// The activated gates i, f, g, o [rows, 4 units].
    public var gates: [Double]
    /// The cell state c [rows, units].
    public var cell: [Double]
    /// tanh c [rows, units].
    public var cellTanh: [Double]
    /// The output h [rows, units].
    public var hidden: [Double]
}

/// One LSTM step, unit by unit: the oracle of `lstmForward`, step by step.
/// - Parameters:
///   - preActivations: Those of i, f, g, o [rows, 4 units].
///   - previousCell: The cell state before the step [rows, units], or empty for zero.
public func lstmCellForwardReference(
    preActivations: [Double], previousCell: [Double], rows: Int, units: Int
) -> LSTMCellReference {
    var step = LSTMCellReference(gates: preActivations, cell: [], cellTanh: [], hidden: [])
    for row in 0..<rows {
        for unit in 0..<units {
            let place = { (gate: Int) in row * 4 * units + gate * units + unit }
            let input = 1 / (1 + exp(-preActivations[place(0)]))
            let forget = 1 / (1 + exp(-preActivations[place(1)]))
            let candidate = tanh(preActivations[place(2)])
            let output = 1 / (1 + exp(-preActivations[place(3)]))
            let before = previousCell.isEmpty ? 0 : previousCell[row * units + unit]
            let cell = forget * before + input * candidate
            step.gates[place(0)] = input
            step.gates[place(1)] = forget
            step.gates[place(2)] = candidate
            step.gates[place(3)] = output
            step.cell.append(cell)
            step.cellTanh.append(tanh(cell))
            step.hidden.append(output * tanh(cell))
        }
    }
    return step
}

/// The gradient of one LSTM step by the chain rule, unit by unit and from the pre-activations: the oracle of `lstmBackward`,
/// step by step.
/// - Parameters:
///   - dHidden: dL/dh [rows, units].
///   - dCell: dL/dc from the later step [rows, units].
/// - Returns: The gradients of the pre-activations [rows, 4 units] and of the cell state before the step [rows, units].
public func lstmCellBackwardReference(
    preActivations: [Double], previousCell: [Double], dHidden: [Double], dCell: [Double], rows: Int, units: Int
) -> (dPreActivations: [Double], dPreviousCell: [Double]) {
    let step = lstmCellForwardReference(preActivations: preActivations, previousCell: previousCell, rows: rows, units: units)
    var dPreActivations = preActivations
    var dPreviousCell = dCell
    for row in 0..<rows {
        for unit in 0..<units {
            let place = { (gate: Int) in row * 4 * units + gate * units + unit }
            let here = row * units + unit
            let before = previousCell.isEmpty ? 0 : previousCell[here]
            let cellSlope = 1 / (cosh(step.cell[here]) * cosh(step.cell[here]))
            let dCellTotal = dCell[here] + dHidden[here] * step.gates[place(3)] * cellSlope
            let dGates = [
                dCellTotal * step.gates[place(2)],
                dCellTotal * before,
                dCellTotal * step.gates[place(0)],
                dHidden[here] * tanh(step.cell[here]),
            ]
            for (gate, dGate) in dGates.enumerated() {
                let x = preActivations[place(gate)]
                let slope = gate == 2 ? 1 / (cosh(x) * cosh(x)) : 1 / (4 * cosh(x / 2) * cosh(x / 2))
                dPreActivations[place(gate)] = dGate * slope
            }
            dPreviousCell[here] = dCellTotal * step.gates[place(1)]
        }
    }
    return (dPreActivations, dPreviousCell)
}
