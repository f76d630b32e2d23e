import Kernels
import Memory
import StrictJSON

/// One or more stacked long short-term memory layers (Hochreiter and Schmidhuber, 1997): [steps, channels] to [units], the last
/// step's output, or to [steps, units].
///
/// z = x W_ih + h' W_hh + b; i, f, o = sigmoid(z), g = tanh(z); c = f c' + i g; h = o tanh c; gate order i, f, g, o as PyTorch.
/// Dropout, where asked for, acts on the output of every stacked layer, the last one included.
/// Inside, states are time-major slabs [steps, rows, padded units]. Forward keeps a tile's gates in registers from the products to the
/// new state; backward does as much for a step, and the weights' gradients are one product over all steps.
public struct LSTM: Layer {
    public static let kind = "LSTM"
    public static let defaultName = "lstm"

    /// Which outputs a layer returns.
    public enum Output: String, Sendable, CaseIterable {
        /// The last step's: [units].
        case last
        /// Those of all steps: [steps, units].
        case sequence
    }

    /// The most stacked layers: far above any use, and no danger to memory.
    static let mostLayers = 64

    public var name: String
    /// The number of cells of each stacked layer.
    public let units: Int
    /// The number of stacked layers.
    public let layers: Int
    /// What the last of them returns; those below it return all steps.
    public let output: Output
    /// The probability of dropping an output, 0 ..< 1.
    public let dropout: Double
    /// Whether each gate has a bias.
    public let hasBias: Bool

    /// The memory of one stacked layer.
    private struct Stage {
        var inputs = 0
        var inputWeight = Slot.none
        var hiddenWeight = Slot.none
        var bias = Slot.none
        var packedGates = Slot.none
        /// Transposed, for the gradients of hidden states and inputs.
        var packedHidden = Slot.none
        var packedInput = Slot.none
        /// Activated gates [steps, rows, 4, padded units].
        var gates = RowSlot.none
        var cell = RowSlot.none
        var hidden = RowSlot.none
        /// What the next stage sees, where dropout acts: mask and product, [steps, rows, padded units] or of the last step only.
        var mask = RowSlot.none
        var dropped = RowSlot.none
        var stream: UInt64 = 0
    }

    private var stages: [Stage] = []
    private var steps = 0
    /// Gradients that flow to a stage's outputs, and to its inputs; the two change places from stage to stage.
    private var upper = RowSlot.none
    private var lower = RowSlot.none
    private var dCell = RowSlot.none
    /// The gradients of a stage's pre-activations [steps, rows, 4, units], rows padded.
    private var dGates = RowSlot.none
    /// What the forward kernel needs for a row that fills no tile.
    private var forwardScratch = Slot.none

    /// Stacked layers; the first one's inputs follow from the input when it is bound.
    public init(
        _ units: Int, layers: Int = 1, output: Output = .last, dropout: Double = 0, bias: Bool = true, name: String = ""
    ) {
        self.units = units
        self.layers = layers
        self.output = output
        self.dropout = dropout
        hasBias = bias
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        let (steps, channels) = try LSTM.sequence(input, plan)
        try plan.require(units > 0 && layers > 0 && layers <= LSTM.mostLayers) {
            "units must be at least 1 and layers 1 to \(LSTM.mostLayers), not \(units) and \(layers)"
        }
        try plan.require(dropout >= 0 && Float(dropout) < 1) {
            "the dropout rate must be at least 0 and below 1 (0.99999997 or less), not \(dropout)"
        }
        self.steps = steps
        let padded = KernelSet.padded(units)
        stages = []
        for index in 0..<layers {
            var stage = Stage()
            stage.inputs = index == 0 ? channels : units
            stage.inputWeight = try plan.weight("weight_ih_l\(index)", [stage.inputs, 4 * units])
            stage.hiddenWeight = try plan.weight("weight_hh_l\(index)", [units, 4 * units])
            if hasBias { stage.bias = try plan.weight("bias_ih_l\(index)", [4 * units], addend: "bias_hh_l\(index)") }
            stage.packedGates = plan.packed(count: packedGatesCount(inputs: stage.inputs, units: units))
            stage.packedHidden = plan.packed(count: packedCount(depth: 4 * units, columns: units))
            stage.packedInput = plan.packed(count: packedCount(depth: 4 * units, columns: stage.inputs))
            stage.gates = plan.activation(perRow: steps * 4 * padded)
            stage.cell = plan.activation(perRow: steps * padded)
            stage.hidden = plan.activation(perRow: steps * padded)
            if dropout > 0 {
                let dropped = index == layers - 1 && output == .last ? 1 : steps
                stage.mask = plan.activation(perRow: dropped * padded)
                stage.dropped = plan.activation(perRow: dropped * padded)
                stage.stream = plan.dropoutStream()
            }
            stages.append(stage)
            plan.count(operations: 2 * steps * (stage.inputs + units) * 4 * units)
            plan.shareWeights(amongRows: LSTM.sharingRows(inputs: stage.inputs, units: units))
        }
        upper = plan.scratch(perRow: steps * padded)
        lower = plan.scratch(perRow: steps * padded)
        dCell = plan.scratch(perRow: padded)
        dGates = plan.scratch(
            perRow: steps * LSTMExtents(steps: steps, rows: 1, inputs: 0, units: units, stepStride: 0, rowStride: 0).gateRow)
        forwardScratch = plan.scratch(
            count: stages.map { LSTMExtents.scratchCount(rows: plan.rows, inputs: $0.inputs, units: units) }.max() ?? 0)
        return output == .last ? [units] : [steps, units]
    }

    /// Input weights by Glorot, recurrent weights orthogonal, biases zero but 1 for the forget gate (Jozefowicz et al., 2015), as Keras.
    public func initialize(_ values: inout InitialValues) {
        for stage in stages {
            values.draw(
                stage.inputWeight, .glorot, rows: stage.inputs, columns: 4 * units, inputs: stage.inputs, outputs: 4 * units)
            values.draw(stage.hiddenWeight, .orthogonal, rows: units, columns: 4 * units, inputs: units, outputs: 4 * units)
            if hasBias { values.fill(stage.bias, units..<2 * units, with: 1) }
        }
    }

    /// How many rows of a pass should share a stage's weights: a row by itself takes them all from the second-level cache at every step,
    /// or from behind it. More rows than fill tiles cost more than they gain, since their states then come from memory in the way back.
    private static func sharingRows(inputs: Int, units: Int) -> Int {
        switch packedGatesCount(inputs: inputs, units: units) {
        case ...LSTMExtents.cachedCount: 1
        case ...(1 << 18): 12
        default: 32
        }
    }

    private func drops(_ pass: Pass) -> Bool { pass.mode == .training && dropout > 0 }

    public func pack(into packed: PackedWeights) {
        let (weights, arena) = (packed.state.weights, packed.arena)
        for stage in stages {
            var gates = arena.write(stage.packedGates)
            packGates(
                input: weights.read(stage.inputWeight), hidden: weights.read(stage.hiddenWeight), bias: weights.read(stage.bias),
                inputs: stage.inputs, units: units, into: &gates)
            guard packed.forTraining else { continue }
            var hidden = arena.write(stage.packedHidden)
            Kernels.pack(weights.read(stage.hiddenWeight), .transposed(depth: 4 * units, columns: units), into: &hidden)
            var input = arena.write(stage.packedInput)
            Kernels.pack(weights.read(stage.inputWeight), .transposed(depth: 4 * units, columns: stage.inputs), into: &input)
        }
    }

    /// The extents of a stage in a pass: the first stage reads the batch, the others the slab below.
    private func extents(_ index: Int, _ pass: Pass) -> LSTMExtents {
        let (inputs, padded) = (stages[index].inputs, KernelSet.padded(units))
        return LSTMExtents(
            steps: steps, rows: pass.rows, inputs: inputs, units: units, stepStride: index == 0 ? inputs : pass.rows * padded,
            rowStride: index == 0 ? steps * inputs : padded)
    }

    /// What a stage reads: the batch, or the output of the stage below.
    @_lifetime(copy x, borrow pass)
    private func input(of index: Int, _ x: Span<Float>, _ pass: borrowing Pass) -> Span<Float> {
        index == 0 ? x : pass.read(output(of: index - 1, drops: pass.mode == .training && dropout > 0))
    }

    /// The slab that a stage's output stands in.
    private func output(of index: Int, drops: Bool) -> RowSlot {
        drops ? stages[index].dropped : stages[index].hidden
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let padded = KernelSet.padded(units)
        for index in stages.indices {
            let stage = stages[index]
            let training = pass.mode == .training
            // A prediction needs one cell state only, and no gates.
            let cells = training ? stage.cell : RowSlot(slot: stage.cell.slot, perRow: padded)
            var gates = training ? pass.write(stage.gates) : MutableSpan()
            var cell = pass.write(cells)
            var hidden = pass.write(stage.hidden)
            var scratch = pass.writeScratch(forwardScratch)
            lstmForward(
                input(of: index, x, pass), extents(index, pass), packed: pass.packed(stage.packedGates), gates: &gates,
                cell: &cell, hidden: &hidden, scratch: &scratch, team: pass.team)
            if drops(pass) { drop(stage, pass) }
        }
        // A dropped result may hold the last step only, the hidden slab holds all steps.
        let slab = pass.read(output(of: stages.count - 1, drops: drops(pass)))
        let known = output == .last ? 1 : steps
        let first = slab.count - known * pass.rows * padded
        for row in 0..<pass.rows {
            for step in 0..<known {
                let from = first + (step * pass.rows + row) * padded
                let to = (row * known + step) * units
                for unit in 0..<units { y[to + unit] = slab[from + unit] }
            }
        }
    }

    /// Multiplies a stage's outputs by a fresh mask.
    private func drop(_ stage: Stage, _ pass: Pass) {
        let padded = KernelSet.padded(units)
        var mask = pass.write(stage.mask)
        let maskedSteps = stage.mask.perRow / padded
        let rows = pass.rows
        pass.fillMask(&mask, length: padded, rate: Float(dropout), stream: stage.stream) { segment in
            // Segments stand time-major here; their numbers follow the row of the batch.
            (pass.firstRow + segment % rows) * maskedSteps + segment / rows
        }
        var dropped = pass.write(stage.dropped)
        multiply(
            pass.read(stage.hidden, from: (steps - maskedSteps) * rows * padded, count: mask.count), mask.span, into: &dropped)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let padded = KernelSet.padded(units)
        // The gradient of the last stage's outputs; with `.last` that of one step.
        let known = output == .last ? 1 : steps
        var above = RowSlot(slot: upper.slot, perRow: known * padded)
        var below = RowSlot(slot: lower.slot, perRow: steps * padded)
        var dHidden = pass.writeScratch(above)
        for row in 0..<pass.rows {
            for step in 0..<known {
                let from = (row * known + step) * units
                let to = (step * pass.rows + row) * padded
                for unit in 0..<units { dHidden[to + unit] = dy[from + unit] }
                for unit in units..<padded { dHidden[to + unit] = 0 }
            }
        }
        for index in stages.indices.reversed() {
            propagate(index, pass, x: x, dHidden: above)
            if index > 0 {
                var dInput = pass.writeScratch(below)
                inputGradient(index, pass, into: &dInput, blockStride: pass.rows * padded, rowStride: padded)
                (above, below) = (below, RowSlot(slot: above.slot, perRow: steps * padded))
            } else if !dx.isEmpty {
                inputGradient(index, pass, into: &dx, blockStride: stages[0].inputs, rowStride: steps * stages[0].inputs)
            }
        }
    }

    /// Turns a stage's gates into their gradients and adds those of its weights.
    private func propagate(_ index: Int, _ pass: Pass, x: Span<Float>, dHidden: RowSlot) {
        let stage = stages[index]
        let extents = extents(index, pass)
        if drops(pass) {
            let mask = pass.read(stage.mask)
            var masked = pass.writeScratch(dHidden, from: dHidden.perRow * pass.rows - mask.count, count: mask.count)
            for i in mask.indices { masked[i] *= mask[i] }
        }
        var dGates = pass.writeScratch(dGates)
        var dCell = pass.writeScratch(dCell)
        lstmBackward(
            extents, packed: pass.packed(stage.packedHidden), dHidden: pass.readScratch(dHidden), gates: pass.read(stage.gates),
            cell: pass.read(stage.cell), dGates: &dGates, dCell: &dCell)
        addWeightGradient(pass, input(of: index, x, pass), extents.inputRows, dGates.span, extents, to: stage.inputWeight)
        if steps > 1 {
            let later = pass.rows * extents.gateRow
            let hidden = OperandRows(rows: (steps - 1) * pass.rows, depth: units, rowStride: extents.padded)
            addWeightGradient(
                pass, pass.read(stage.hidden), hidden, dGates.span.extracting(later...), extents, to: stage.hiddenWeight)
        }
        var dBias = pass.gradient(stage.bias)
        addColumnSums(dGates.span, rows: steps * pass.rows, rowStride: extents.gateRow, to: &dBias)
    }

    /// Adds the gradient of one weight, [rows.depth, 4 units], from what it was multiplied with and the gradients of the gates.
    private func addWeightGradient(
        _ pass: Pass, _ input: Span<Float>, _ rows: OperandRows, _ dGates: Span<Float>, _ extents: LSTMExtents, to weight: Slot
    ) {
        var dWeight = pass.gradient(weight)
        addOuterProduct(
            input, rows, dGates, columns: 4 * units, blockStride: pass.rows * extents.gateRow, rowStride: extents.gateRow,
            to: &dWeight, resultStride: 4 * units, team: pass.team)
    }

    /// The gradient of a stage's input, from that of its gates.
    @_lifetime(dInput: copy dInput)
    private func inputGradient(
        _ index: Int, _ pass: Pass, into dInput: inout MutableSpan<Float>, blockStride: Int, rowStride: Int
    ) {
        let gateRow = extents(index, pass).gateRow
        product(
            pass.readScratch(dGates),
            OperandRows(
                blocks: steps, blockStride: pass.rows * gateRow, rows: pass.rows, rowStride: gateRow, taps: 1, tapStride: 0,
                depth: 4 * units),
            packed: pass.packed(stages[index].packedInput), columns: stages[index].inputs, into: &dInput,
            blockStride: blockStride, rowStride: rowStride, team: pass.team)
    }
}

extension LSTM {
    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(
            try fields.size("units"), layers: try fields.size("layers", default: 1),
            output: try fields.choice("output", default: .last), dropout: try fields.take("dropout", default: 0),
            bias: try fields.take("bias", default: true))
    }

    public var fields: JSONObject {
        var fields: JSONObject = [
            "units": .integer(units), "layers": .integer(layers), "output": .string(output.rawValue),
            "dropout": .number(dropout),
        ]
        fields.setBias(hasBias)
        return fields
    }
}
