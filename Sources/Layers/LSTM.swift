import Kernels
import StrictJSON
import Tensors

/// One or more stacked long short-term memory layers (Hochreiter and Schmidhuber, 1997): [steps, channels] to [units], the last
/// step's output, or to [steps, units].
///
/// z = x W_ih + h' W_hh + b; i, f, o = sigmoid(z), g = tanh(z); c = f c' + i g; h = o tanh c; gate order i, f, g, o as PyTorch.
/// Dropout, where asked for, acts on the output of every stacked layer, the last one included.
/// Inside, sequences are time-major slabs [steps, rows, channels]: one product projects the inputs of all steps, one recurrent product
/// a step follows, and the weights' gradients are one product over all steps.
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

    public var name: String
    /// The number of cells of each stacked layer.
    public let units: Int
    /// The number of stacked layers.
    public let layers: Int
    /// What the last of them returns; those below it return all steps.
    public let output: Output
    /// The probability of dropping an output, 0 ..< 1.
    public let dropout: Double

    /// The memory of one stacked layer.
    private struct Stage {
        var inputs = 0
        var inputWeight = Slot.none
        var hiddenWeight = Slot.none
        var bias = Slot.none
        /// Activated gates [steps, rows, 4 units]; in backward their gradients.
        var gates = RowSlot.none
        var cell = RowSlot.none
        var cellTanh = RowSlot.none
        var hidden = RowSlot.none
        /// What the next stage sees, where dropout acts: mask and product, [steps, rows, units] or of the last step only.
        var mask = RowSlot.none
        var dropped = RowSlot.none
        var stream: UInt64 = 0
    }

    private var stages: [Stage] = []
    private var steps = 0
    /// The input in time-major order [steps, rows, channels].
    private var slab = RowSlot.none
    /// Gradients that flow to a stage's outputs, and to its inputs: [steps, rows, widest]; the two change places from stage to stage.
    private var upper = RowSlot.none
    private var lower = RowSlot.none
    private var dCell = RowSlot.none

    /// Stacked layers; the first one's inputs follow from the input when it is bound.
    public init(_ units: Int, layers: Int = 1, output: Output = .last, dropout: Double = 0, name: String = "") {
        self.units = units
        self.layers = layers
        self.output = output
        self.dropout = dropout
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        let (steps, channels) = try LSTM.sequence(input, plan)
        try plan.require(units > 0 && layers > 0) { "units and layers must be at least 1, not \(units) and \(layers)" }
        try plan.require(dropout >= 0 && dropout < 1) { "the dropout rate must be at least 0 and below 1, not \(dropout)" }
        self.steps = steps
        slab = plan.activation(perRow: steps * channels)
        stages = []
        for index in 0..<layers {
            var stage = Stage()
            stage.inputs = index == 0 ? channels : units
            stage.inputWeight = try plan.weight("weight_ih_l\(index)", [stage.inputs, 4 * units])
            stage.hiddenWeight = try plan.weight("weight_hh_l\(index)", [units, 4 * units])
            stage.bias = try plan.weight("bias_ih_l\(index)", [4 * units], addend: "bias_hh_l\(index)")
            stage.gates = plan.activation(perRow: steps * 4 * units)
            stage.cell = plan.activation(perRow: steps * units)
            stage.cellTanh = plan.activation(perRow: steps * units)
            stage.hidden = plan.activation(perRow: steps * units)
            if dropout > 0 {
                let dropped = index == layers - 1 && output == .last ? 1 : steps
                stage.mask = plan.activation(perRow: dropped * units)
                stage.dropped = plan.activation(perRow: dropped * units)
                stage.stream = plan.dropoutStream()
            }
            stages.append(stage)
            plan.count(operations: 2 * steps * (stage.inputs + units) * 4 * units)
        }
        let widest = max(channels, units)
        upper = plan.scratch(perRow: steps * widest)
        lower = plan.scratch(perRow: steps * widest)
        dCell = plan.scratch(perRow: units)
        return output == .last ? [units] : [steps, units]
    }

    /// Input weights by Glorot, recurrent weights orthogonal, biases zero but 1 for the forget gate (Jozefowicz et al., 2015), as Keras.
    public func initialize(_ state: ModelState, using random: inout Random) {
        for stage in stages {
            var inputWeight = state.weights.write(stage.inputWeight)
            Initializer.glorot.fill(
                &inputWeight, rows: stage.inputs, columns: 4 * units, inputs: stage.inputs, outputs: 4 * units, using: &random)
            var hiddenWeight = state.weights.write(stage.hiddenWeight)
            Initializer.orthogonal.fill(
                &hiddenWeight, rows: units, columns: 4 * units, inputs: units, outputs: 4 * units, using: &random)
            var bias = state.weights.write(stage.bias)
            for j in units..<2 * units { bias[j] = 1 }
        }
    }

    private func drops(_ pass: Pass) -> Bool { pass.mode == .training && dropout > 0 }

    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        var slab = pass.write(slab)
        swapOuterDimensions(x, outer: pass.rows, middle: steps, inner: stages[0].inputs, into: &slab)
        for index in stages.indices {
            forward(stage: index, pass)
        }
        let last = stages[stages.count - 1]
        let result = drops(pass) ? last.dropped : last.hidden
        switch output {
        case .last:
            // A dropped result holds the last step only, the hidden slab all steps.
            let state = pass.rows * units
            copy(pass.read(result, from: result.perRow * pass.rows - state, count: state), to: &y)
        case .sequence:
            swapOuterDimensions(pass.read(result), outer: steps, middle: pass.rows, inner: units, into: &y)
        }
    }

    /// The slab that a stage reads: the input, or the output of the stage below.
    private func input(of index: Int, _ pass: Pass) -> RowSlot {
        guard index > 0 else { return slab }
        return drops(pass) ? stages[index - 1].dropped : stages[index - 1].hidden
    }

    private func forward(stage index: Int, _ pass: Pass) {
        let stage = stages[index]
        let width = 4 * units
        let rows = pass.rows
        let state = rows * units
        var gates = pass.write(stage.gates)
        repeatRow(pass.weight(stage.bias), rows: steps * rows, into: &gates)
        gemm(
            m: steps * rows, n: width, k: stage.inputs, pass.read(input(of: index, pass)), lda: stage.inputs, .plain,
            pass.weight(stage.inputWeight), ldb: width, .plain, into: &gates, ldc: width, accumulate: true)
        for t in 0..<steps {
            let before = t == 0 ? 0 : (t - 1) * state
            let known = t == 0 ? 0 : state
            var gatesNow = pass.write(stage.gates, from: t * rows * width, count: rows * width)
            if t > 0 {
                gemm(
                    m: rows, n: width, k: units, pass.read(stage.hidden, from: before, count: state), lda: units, .plain,
                    pass.weight(stage.hiddenWeight), ldb: width, .plain, into: &gatesNow, ldc: width, accumulate: true)
            }
            var cell = pass.write(stage.cell, from: t * state, count: state)
            var cellTanh = pass.write(stage.cellTanh, from: t * state, count: state)
            var hidden = pass.write(stage.hidden, from: t * state, count: state)
            lstmCellForward(
                gates: &gatesNow, previousCell: pass.read(stage.cell, from: before, count: known), cell: &cell,
                cellTanh: &cellTanh, hidden: &hidden, rows: rows, units: units)
        }
        guard drops(pass) else { return }
        var mask = pass.write(stage.mask)
        let maskedSteps = stage.mask.perRow / units
        pass.fillMask(&mask, length: units, rate: Float(dropout), stream: stage.stream) { segment in
            // Segments stand time-major here; their numbers follow the row of the batch.
            (pass.firstRow + segment % rows) * maskedSteps + segment / rows
        }
        var dropped = pass.write(stage.dropped)
        multiply(
            pass.read(stage.hidden, from: (steps - maskedSteps) * state, count: maskedSteps * state), mask.span, into: &dropped)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let outputs = RowSlot(slot: upper.slot, perRow: steps * units)
        var dHidden = pass.writeScratch(outputs)
        switch output {
        case .last:
            fill(&dHidden, 0)
            let state = pass.rows * units
            var lastStep = pass.writeScratch(outputs, from: (steps - 1) * state, count: state)
            copy(dy, to: &lastStep)
        case .sequence:
            swapOuterDimensions(dy, outer: pass.rows, middle: steps, inner: units, into: &dHidden)
        }
        var (above, below) = (upper, lower)
        for index in stages.indices.reversed() {
            backward(stage: index, pass, dOutput: above, dInput: below, wanted: index > 0 || !dx.isEmpty)
            swap(&above, &below)
        }
        guard !dx.isEmpty else { return }
        let inputs = RowSlot(slot: above.slot, perRow: steps * stages[0].inputs)
        swapOuterDimensions(pass.readScratch(inputs), outer: steps, middle: pass.rows, inner: stages[0].inputs, into: &dx)
    }

    private func backward(stage index: Int, _ pass: Pass, dOutput: RowSlot, dInput: RowSlot, wanted: Bool) {
        let stage = stages[index]
        let width = 4 * units
        let rows = pass.rows
        let state = rows * units
        let dHidden = RowSlot(slot: dOutput.slot, perRow: steps * units)
        if drops(pass) {
            let mask = pass.read(stage.mask)
            var masked = pass.writeScratch(dHidden, from: steps * state - mask.count, count: mask.count)
            for i in mask.indices { masked[i] *= mask[i] }
        }
        var dCell = pass.writeScratch(dCell)
        fill(&dCell, 0)
        for t in (0..<steps).reversed() {
            let before = t == 0 ? 0 : (t - 1) * state
            let known = t == 0 ? 0 : state
            var dHiddenNow = pass.writeScratch(dHidden, from: t * state, count: state)
            if t < steps - 1 {
                let dGatesLater = pass.read(stage.gates, from: (t + 1) * rows * width, count: rows * width)
                gemm(
                    m: rows, n: units, k: width, dGatesLater, lda: width, .plain, pass.weight(stage.hiddenWeight), ldb: width,
                    .transposed, into: &dHiddenNow, ldc: units, accumulate: true)
            }
            var gatesNow = pass.write(stage.gates, from: t * rows * width, count: rows * width)
            lstmCellBackward(
                gates: &gatesNow, previousCell: pass.read(stage.cell, from: before, count: known),
                cellTanh: pass.read(stage.cellTanh, from: t * state, count: state), dHidden: dHiddenNow.span, dCell: &dCell,
                rows: rows, units: units)
        }
        let dGates = pass.read(stage.gates)
        var dInputWeight = pass.gradient(stage.inputWeight)
        gemm(
            m: stage.inputs, n: width, k: steps * rows, pass.read(input(of: index, pass)), lda: stage.inputs, .transposed, dGates,
            ldb: width, .plain, into: &dInputWeight, ldc: width, accumulate: true)
        if steps > 1 {
            var dHiddenWeight = pass.gradient(stage.hiddenWeight)
            gemm(
                m: units, n: width, k: (steps - 1) * rows, pass.read(stage.hidden), lda: units, .transposed,
                pass.read(stage.gates, from: rows * width, count: (steps - 1) * rows * width), ldb: width, .plain,
                into: &dHiddenWeight, ldc: width, accumulate: true)
        }
        var dBias = pass.gradient(stage.bias)
        addColumnSums(dGates, rows: steps * rows, to: &dBias)
        guard wanted else { return }
        var dIn = pass.writeScratch(RowSlot(slot: dInput.slot, perRow: steps * stage.inputs))
        gemm(
            m: steps * rows, n: stage.inputs, k: width, dGates, lda: width, .plain, pass.weight(stage.inputWeight), ldb: width,
            .transposed, into: &dIn, ldc: stage.inputs)
    }
}

extension LSTM {
    public init(fields: inout JSONFields) throws(JSONFieldError) {
        self.init(
            try fields.size("units"), layers: try fields.size("layers", default: 1),
            output: try fields.choice("output", default: .last), dropout: try fields.take("dropout", default: 0))
    }

    public var fields: JSONObject {
        [
            "units": .integer(units), "layers": .integer(layers), "output": .string(output.rawValue),
            "dropout": .number(dropout),
        ]
    }
}
