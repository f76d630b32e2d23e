/// The gates of one LSTM step for a batch (Hochreiter and Schmidhuber, 1997; Gers et al., 2000; gate order of PyTorch).
///
/// `gates` [rows, 4 units] holds the pre-activations of i, f, g, o and receives the activated gates:
/// i, f, o = sigmoid, g = tanh; c = f c' + i g; h = o tanh c, where c' is the cell state before the step (empty: zero).
/// - Parameters:
///   - cellTanh: Receives tanh c [rows, units], which the backward step needs.
public func lstmCellForward(
    gates: inout MutableSpan<Float>, previousCell: Span<Float>, cell: inout MutableSpan<Float>,
    cellTanh: inout MutableSpan<Float>, hidden: inout MutableSpan<Float>, rows: Int, units: Int
) {
    let width = 4 * units
    precondition(
        gates.count == rows * width && cell.count == rows * units && cellTanh.count == cell.count && hidden.count == cell.count
            && (previousCell.isEmpty || previousCell.count == cell.count),
        "LSTM step: \(gates.count), \(cell.count), \(hidden.count) floats for \(rows) rows of \(units) units")
    for row in 0..<rows {
        let gate = row * width
        for j in gate..<gate + 2 * units { gates[j] = fastSigmoid(gates[j]) }
        for j in gate + 2 * units..<gate + 3 * units { gates[j] = fastTanh(gates[j]) }
        for j in gate + 3 * units..<gate + width { gates[j] = fastSigmoid(gates[j]) }
    }
    for row in 0..<rows {
        let gate = row * width
        let unit = row * units
        for j in 0..<units {
            cell[unit + j] = gates[gate + j] * gates[gate + 2 * units + j]
        }
        if !previousCell.isEmpty {
            for j in 0..<units { cell[unit + j] += gates[gate + units + j] * previousCell[unit + j] }
        }
    }
    // Over all rows at once: no remainder at the end of each row for the vector unit.
    for j in 0..<rows * units { cellTanh[j] = fastTanh(cell[j]) }
    for row in 0..<rows {
        let output = row * width + 3 * units
        let unit = row * units
        for j in 0..<units { hidden[unit + j] = gates[output + j] * cellTanh[unit + j] }
    }
}

/// The gradient of one LSTM step.
///
/// `gates` holds the activated gates and receives the gradients of their pre-activations [rows, 4 units];
/// `dCell` holds dL/dc from the later step and receives dL/dc' for the earlier one [rows, units].
public func lstmCellBackward(
    gates: inout MutableSpan<Float>, previousCell: Span<Float>, cellTanh: Span<Float>, dHidden: Span<Float>,
    dCell: inout MutableSpan<Float>, rows: Int, units: Int
) {
    let width = 4 * units
    precondition(
        gates.count == rows * width && cellTanh.count == rows * units && dHidden.count == cellTanh.count
            && dCell.count == cellTanh.count && (previousCell.isEmpty || previousCell.count == cellTanh.count),
        "LSTM gradient step: \(gates.count), \(cellTanh.count), \(dHidden.count) floats for \(rows) rows of \(units) units")
    for row in 0..<rows {
        let gate = row * width
        let unit = row * units
        for j in 0..<units {
            let (i, f) = (gates[gate + j], gates[gate + units + j])
            let (g, o) = (gates[gate + 2 * units + j], gates[gate + 3 * units + j])
            let th = cellTanh[unit + j]
            let dh = dHidden[unit + j]
            let dc = dCell[unit + j] + dh * o * (1 - th * th)
            let before = previousCell.isEmpty ? 0 : previousCell[unit + j]
            gates[gate + j] = dc * g * i * (1 - i)
            gates[gate + units + j] = dc * before * f * (1 - f)
            gates[gate + 2 * units + j] = dc * i * (1 - g * g)
            gates[gate + 3 * units + j] = dh * th * o * (1 - o)
            dCell[unit + j] = dc * f
        }
    }
}
