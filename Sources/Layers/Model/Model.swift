import Memory

/// A description bound to memory sizes: how large each arena must be, and where in them every layer works. A value; the memory
/// itself is in `ModelState` (shared) and `Lane` (one for each worker).
public struct Model: Sendable {
    /// What was bound.
    public let description: ModelDescription
    /// Trained values and running statistics, in the order of the layers.
    public let parameters: [Parameter]
    /// The number of classes: the extent of the last layer's output.
    public let classes: Int
    /// The most rows of one pass.
    public let rowsPerPass: Int
    /// Floats of the arena of weights, padding included.
    public let weightCount: Int
    /// Floats of the arena of running statistics.
    public let statisticCount: Int
    /// Floats of a lane's arena of activations.
    public let activationCount: Int
    /// Floats of a lane's scratch arena.
    public let scratchCount: Int
    /// Floats of the arena of packed weights.
    public let packedCount: Int
    /// The fewest rows of a batch that the model can be trained with.
    public let leastBatch: Int
    /// Floating-point operations of the forward call for one row, those of products counted.
    public let operationsPerRow: Int
    /// The weights whose gradients can be left out of `backward`, where all rows are in one pass.
    public let deferrableGradients: [DeferrableGradient]
    /// The layers with their slots.
    public let network: Sequential
    /// What each layer is, those within another before it.
    public let layerSummaries: [LayerSummary]

    private let input: RowSlot
    private let logits: RowSlot
    private let dLogits: RowSlot

    /// The most classes, whose confusion matrix still has no more than a million entries.
    static let mostClasses = 1024

    /// The fewest rows that a lane should have in training: with batch statistics as many as make them steady, with large weights as many
    /// as are worth a gradient of their own.
    public var leastRowsPerLane: Int { max(statisticCount > 0 ? 32 : 1, sharingRows) }
    /// The rows that share the way of large weights from memory, and of their gradients.
    private let sharingRows: Int

    /// Refuses a batch that is too small for a layer's statistics.
    /// - Parameters:
    ///   - rows: The batch's rows.
    ///   - what: The batch in words, as the error names it: "a batch".
    /// - Throws: A `ModelError` that says how many there are.
    public func requireRows(_ rows: Int, of what: String) throws(ModelError) {
        guard rows >= leastBatch else {
            throw ModelError(
                layer: "",
                reason: "\(what) has \(rows) window\(rows == 1 ? "" : "s"), too few for batch normalisation: "
                    + "choose another batch size or drop the last batch")
        }
    }

    /// A pass takes as many rows as have about this many bytes of activations and scratch: enough rows for whole tiles, and few enough
    /// to stay in or near a core's second-level cache.
    static let passBytes = 1 << 21
    /// The most bytes of a pass whose rows are more than that, for the sake of large weights.
    static let largestPassBytes = 1 << 27

    /// Binds a description.
    /// - Parameters:
    ///   - maximumRows: The most rows that a caller has at a time; a pass may take fewer.
    ///   - forTraining: Whether the weights will change from pass to pass: then no copy is kept of the largest in the order in which
    ///     kernels read them.
    /// - Throws: A `ModelError` that names the layer which does not fit its input.
    public init(_ description: ModelDescription, maximumRows: Int, forTraining: Bool = false) throws(ModelError) {
        // Bound once for a single row to learn the memory of a row, then for as many rows as fit.
        let single = try Binding(description, rows: 1, forTraining)
        sharingRows = max(single.plan.sharingRows, single.plan.rowsWorthGradients)
        let bytesPerRow = (single.plan.activations.count + single.plan.scratchCount) * MemoryLayout<Float>.stride
        // Batch statistics are those of all of a lane's rows, so they need them in one pass.
        let sharing = min(sharingRows, Model.largestPassBytes / max(1, bytesPerRow))
        let fitting = single.plan.statistics.count > 0 ? maximumRows : max(1, sharing, Model.passBytes / max(1, bytesPerRow))
        let rows = max(1, min(maximumRows, fitting))
        let bound = try Binding(description, rows: rows, forTraining)
        // Packed weights hold most values twice, once transposed.
        let largest = max(
            bound.plan.weights.count, bound.plan.activations.count, bound.plan.scratchCount, bound.plan.packed.count / 2)
        guard largest <= LayerPlan.largestArena else {
            throw ModelError(
                layer: "",
                reason: "the model needs an arena of \(largest) floats, the most are \(LayerPlan.largestArena): "
                    + "use fewer or smaller layers, or a smaller batch")
        }
        self.description = description
        network = bound.network
        input = bound.input
        logits = bound.logits
        dLogits = bound.dLogits
        classes = bound.classes
        parameters = bound.plan.parameters
        rowsPerPass = rows
        weightCount = bound.plan.weights.count
        statisticCount = bound.plan.statistics.count
        activationCount = bound.plan.activations.count
        scratchCount = bound.plan.scratchCount
        packedCount = bound.plan.packed.count
        leastBatch = bound.plan.leastBatch
        deferrableGradients = bound.plan.deferrableGradients
        operationsPerRow = bound.plan.operations
        layerSummaries = bound.plan.summaries
    }

    private struct Binding {
        var plan: LayerPlan
        var network: Sequential
        let input: RowSlot
        let logits: RowSlot
        let dLogits: RowSlot
        let classes: Int

        init(_ description: ModelDescription, rows: Int, _ forTraining: Bool) throws(ModelError) {
            plan = LayerPlan(rows: rows, isForTraining: forTraining)
            network = description.network
            input = plan.activation(perRow: description.input.count)
            let output = try network.bind(&plan, input: description.input)
            guard output.rank == 1, output[0] >= 2, output[0] <= Model.mostClasses else {
                throw ModelError(
                    layer: network.layers.last?.name ?? "",
                    reason:
                        "the model ends in \(output): the last layer must give [classes], 2 to \(Model.mostClasses), as a Dense "
                        + "after a Flatten")
            }
            classes = output[0]
            logits = plan.activation(perRow: classes)
            dLogits = plan.activation(perRow: classes)
        }
    }

    /// The number of trained values.
    public var parameterCount: Int {
        parameters.reduce(0) { $0 + ($1.role == .weight ? $1.shape.count : 0) }
    }

    /// Sets all values to those that training begins with.
    public func initialize(_ state: ModelState, seed: UInt64) {
        var values = InitialValues(state, seed: seed)
        network.initialize(&values)
    }

    /// Where a pass's input goes: [rows, steps, channels].
    @_lifetime(borrow pass)
    public func input(_ pass: borrowing Pass) -> MutableSpan<Float> { pass.write(input) }

    /// The output of `forward`: [rows, classes].
    @_lifetime(borrow pass)
    public func logits(_ pass: borrowing Pass) -> Span<Float> { pass.read(logits) }

    /// Where the gradient of the logits goes before `backward`: [rows, classes].
    @_lifetime(borrow pass)
    public func dLogits(_ pass: borrowing Pass) -> MutableSpan<Float> { pass.write(dLogits) }

    /// Computes the logits of the input.
    public func forward(_ pass: Pass) {
        var output = pass.write(logits)
        network.forward(pass, pass.read(input), &output)
    }

    /// Adds the gradients of all weights to the lane's, after `forward` and with `dLogits` filled.
    public func backward(_ pass: Pass) {
        var unwanted = MutableSpan<Float>()
        network.backward(pass, x: pass.read(input), y: pass.read(logits), dy: pass.read(dLogits), dx: &unwanted)
    }

    /// Adds a part of a gradient that `backward` has left out, in the same pass.
    /// - Parameter part: Whole rows of the weight of a deferrable gradient.
    @_lifetime(sums: copy sums)
    public func addDeferredGradient(_ pass: Pass, of part: Slot, to sums: inout MutableSpan<Float>) {
        network.addDeferredGradient(pass, x: pass.read(input), of: part, to: &sums)
    }

    /// What is computed one after the other in `forward` and `backward`, so that it can be timed apart.
    public var stages: [ModelStage] {
        network.stageLayers.enumerated().map { index, layers in
            let names = layers.map(\.name)
            let operations = layerSummaries.reduce(0) { sum, layer in
                // What stands within a layer ("inception.conv1") is a part of it.
                names.contains { layer.name == $0 || layer.name.hasPrefix($0 + ".") } ? sum + layer.operations : sum
            }
            return ModelStage(
                index: index, name: names.joined(separator: "+"), forwardOperations: operations,
                // A gradient for the weights and one for the input, which nothing wants of the first stage.
                backwardOperations: (index == 0 ? 1 : 2) * operations)
        }
    }

    /// Computes one stage of `forward`, after those before it in the same pass.
    public func forward(_ stage: ModelStage, _ pass: Pass) {
        var output = pass.write(logits)
        network.forward(stage: stage.index, pass, pass.read(input), &output)
    }

    /// Computes one stage of `backward`, after those behind it in the same pass.
    public func backward(_ stage: ModelStage, _ pass: Pass) {
        var unwanted = MutableSpan<Float>()
        network.backward(
            stage: stage.index, pass, x: pass.read(input), y: pass.read(logits), dy: pass.read(dLogits), dx: &unwanted)
    }

    /// Floating-point operations of a training step for one row, those of products counted.
    public var trainingOperationsPerRow: Int { stages.reduce(0) { $0 + $1.forwardOperations + $1.backwardOperations } }

    /// The first layer whose output has a value that is not finite, after `forward`.
    public func firstNonFiniteLayer(_ pass: Pass) -> String? {
        network.firstNonFiniteLayer(pass, pass.read(logits))
    }
}
