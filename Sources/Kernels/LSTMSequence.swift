import CKernels

/// The extents of one LSTM layer over a batch of sequences, and where its input stands.
///
/// Slabs are time-major with padded units: hidden and cell states are [steps, rows, padded], gates [steps, rows, 4, padded].
public struct LSTMExtents: Equatable, Sendable {
    public var steps: Int
    public var rows: Int
    public var inputs: Int
    public var units: Int
    /// The input of step t, row r begins at t stepStride + r rowStride.
    public var stepStride: Int
    public var rowStride: Int

    public init(steps: Int, rows: Int, inputs: Int, units: Int, stepStride: Int, rowStride: Int) {
        self.steps = steps
        self.rows = rows
        self.inputs = inputs
        self.units = units
        self.stepStride = stepStride
        self.rowStride = rowStride
    }

    /// The floats of a row of hidden or cell states.
    public var padded: Int { KernelSet.padded(units) }

    /// The floats of a hidden slab.
    public var slab: Int { steps * rows * padded }

    /// The floats of a row of the gates' gradients [4, units], with room for a whole vector behind the last unit.
    public var gateRow: Int { KernelSet.padded(3 * units + padded) }

    /// Whether the packed weights are so many that no core's second-level cache holds them beside all else (2 MiB): `lstmForward` then
    /// takes them in runs, each for all rows.
    public static func isLarge(inputs: Int, units: Int) -> Bool {
        packedGatesCount(inputs: inputs, units: units) > Int(HARTRAIN_LSTM_LARGE)
    }

    /// The most packed weights that stay in a core's first-level cache (32 KiB), so that a row gains nothing from others beside it.
    public static let cachedCount = Int(HARTRAIN_LSTM_CACHED)

    /// The floats of the scratch of `lstmForward` for the rows of a pass.
    public static func scratchCount(rows: Int, inputs: Int, units: Int) -> Int {
        Int(HARTRAIN_LSTM_STEPS) * 4 * KernelSet.padded(units) * (isLarge(inputs: inputs, units: units) ? rows : 1)
    }

    /// The input's rows, step after step.
    public var inputRows: OperandRows {
        OperandRows(
            blocks: steps, blockStride: stepStride, rows: rows, rowStride: rowStride, taps: 1, tapStride: 0, depth: inputs)
    }
}

/// The floats that the packed weights of an LSTM layer take.
public func packedGatesCount(inputs: Int, units: Int) -> Int { (inputs + units + 1) * 4 * KernelSet.padded(units) }

/// Brings the weights of an LSTM layer into the order in which `lstmForward` reads them.
/// - Parameters:
///   - input: [inputs, 4 units], gate order i, f, g, o as PyTorch; `hidden` is [units, 4 units], `bias` [4 units] or, for
///     zeros, empty.
///   - packed: Receives `packedGatesCount(inputs:units:)` floats.
@_lifetime(packed: copy packed)
public func packGates(
    input: Span<Float>, hidden: Span<Float>, bias: Span<Float>, inputs: Int, units: Int, into packed: inout MutableSpan<Float>,
    kernels: KernelSet = .current
) {
    precondition(
        input.count == inputs * 4 * units && hidden.count == units * 4 * units
            && (bias.isEmpty || bias.count == 4 * units) && packed.count == packedGatesCount(inputs: inputs, units: units),
        "packing gates: \(input.count), \(hidden.count), \(bias.count) weights, \(packed.count) packed floats for "
            + "\(inputs) inputs, \(units) units")
    unsafe input.withUnsafeBufferPointer { input in
        unsafe hidden.withUnsafeBufferPointer { hidden in
            unsafe bias.withUnsafeBufferPointer { bias in
                unsafe packed.withUnsafeMutableBufferPointer { packed in
                    unsafe kernels.table.pointee.pack_gates(
                        input.baseAddress, hidden.baseAddress, bias.isEmpty ? nil : bias.baseAddress, inputs, units,
                        packed.baseAddress)
                }
            }
        }
    }
}

/// One LSTM layer over whole sequences (Hochreiter and Schmidhuber, 1997; Gers et al., 2000; gate order of PyTorch).
///
/// z = x W_input + h' W_hidden + b; i, f, o = sigmoid(z), g = tanh(z); c = f c' + i g; h = o tanh c, from zero states.
/// - Parameters:
///   - gates: Receives the activated gates for `lstmBackward`, or is empty in inference.
///   - cell: Receives all cell states, or with empty `gates` those of the last step [rows, padded].
///   - hidden: Receives all outputs.
///   - scratch: At least `LSTMExtents.scratchCount` floats.
///   - team: The threads that share the units of each step.
@_lifetime(gates: copy gates)
@_lifetime(cell: copy cell)
@_lifetime(hidden: copy hidden)
@_lifetime(scratch: copy scratch)
public func lstmForward(
    _ x: Span<Float>, _ extents: LSTMExtents, packed: Span<Float>, gates: inout MutableSpan<Float>,
    cell: inout MutableSpan<Float>, hidden: inout MutableSpan<Float>, scratch: inout MutableSpan<Float>,
    team: KernelTeam = .alone, kernels: KernelSet = .current
) {
    extents.inputRows.check(x.count, "LSTM")
    let training = !gates.isEmpty
    precondition(
        packed.count == packedGatesCount(inputs: extents.inputs, units: extents.units) && hidden.count == extents.slab
            && (!training || gates.count == 4 * extents.slab)
            && cell.count == (training ? extents.slab : extents.rows * extents.padded)
            && scratch.count >= LSTMExtents.scratchCount(rows: extents.rows, inputs: extents.inputs, units: extents.units),
        "LSTM: \(packed.count) weights, \(gates.count), \(cell.count), \(hidden.count) floats for \(extents)")
    unsafe x.withUnsafeBufferPointer { x in
        unsafe packed.withUnsafeBufferPointer { packed in
            unsafe gates.withUnsafeMutableBufferPointer { gates in
                unsafe cell.withUnsafeMutableBufferPointer { cell in
                    unsafe hidden.withUnsafeMutableBufferPointer { hidden in
                        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                            var arguments = unsafe hartrain_lstm_forward(
                                x: x.baseAddress, x_step: extents.stepStride, x_row: extents.rowStride, steps: extents.steps,
                                rows: extents.rows, inputs: extents.inputs, units: extents.units, padded: extents.padded,
                                packed: packed.baseAddress, gates: training ? gates.baseAddress : nil, cell: cell.baseAddress,
                                hidden: hidden.baseAddress, scratch: scratch.baseAddress)
                            unsafe withUnsafePointer(to: &arguments) { arguments in
                                team.run(
                                    unsafe KernelCall(kernels, lstmForward: arguments), columns: extents.units,
                                    operations: extents.steps
                                        * KernelTeam.operations(
                                            rows: extents.rows, weights: (extents.inputs + extents.units) * 4 * extents.units),
                                    steps: extents.steps)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The gradient through one LSTM layer, from the activated gates to the gradients of their pre-activations.
///
/// - Parameters:
///   - packed: The recurrent weights transposed, [4 units, units] without a bias, packed by `pack`.
///   - dHidden: The gradient of all outputs [steps, rows, padded], or of the last step's alone [rows, padded].
///   - dGates: Receives [steps, rows, 4, units], rows `gateRow` apart; what stands between rows does not matter.
///   - dCell: Scratch [rows, padded].
@_lifetime(dGates: copy dGates)
@_lifetime(dCell: copy dCell)
public func lstmBackward(
    _ extents: LSTMExtents, packed: Span<Float>, dHidden: Span<Float>, gates: Span<Float>, cell: Span<Float>,
    dGates: inout MutableSpan<Float>, dCell: inout MutableSpan<Float>, kernels: KernelSet = .current
) {
    let row = extents.rows * extents.padded
    let allSteps = dHidden.count == extents.slab
    precondition(
        packed.count == packedCount(depth: 4 * extents.units, columns: extents.units) && (allSteps || dHidden.count == row)
            && cell.count == extents.slab && gates.count == 4 * extents.slab && dCell.count == row
            && dGates.count == extents.steps * extents.rows * extents.gateRow,
        "LSTM gradient: \(packed.count) weights, \(dHidden.count), \(cell.count), \(gates.count), \(dGates.count), "
            + "\(dCell.count) floats for \(extents)")
    unsafe packed.withUnsafeBufferPointer { packed in
        unsafe dHidden.withUnsafeBufferPointer { dHidden in
            unsafe gates.withUnsafeBufferPointer { gates in
                unsafe cell.withUnsafeBufferPointer { cell in
                    unsafe dGates.withUnsafeMutableBufferPointer { dGates in
                        unsafe dCell.withUnsafeMutableBufferPointer { dCell in
                            var arguments = unsafe hartrain_lstm_backward(
                                steps: extents.steps, rows: extents.rows, units: extents.units, padded: extents.padded,
                                gate_row: extents.gateRow, packed: packed.baseAddress,
                                d_hidden: allSteps ? dHidden.baseAddress : nil, d_last: dHidden.baseAddress,
                                gates: gates.baseAddress, cell: cell.baseAddress, d_gates: dGates.baseAddress,
                                d_cell: dCell.baseAddress)
                            unsafe kernels.table.pointee.lstm_backward(&arguments)
                        }
                    }
                }
            }
        }
    }
}
