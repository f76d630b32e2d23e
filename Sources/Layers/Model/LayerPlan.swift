import Memory

/// A region whose size follows the rows of a pass: planned for the most rows, used for fewer.
public struct RowSlot: Equatable, Sendable {
    let slot: Slot
    /// Floats for each row.
    public let perRow: Int

    /// The slot of a layer that is not bound yet.
    public static let none = RowSlot(slot: .none, perRow: 0)

    func slot(rows: Int) -> Slot { slot.prefix(rows * perRow) }
}

/// What a bound layer turned out to be.
public struct LayerSummary: Equatable, Sendable {
    /// With the names of the layers it stands in: "inception.branch1.conv".
    public let name: String
    public let kind: String
    /// The shape of its output for one row.
    public let output: Shape
    /// Trained values of its own.
    public let parameters: Int
    /// Floating-point operations of its own, forward, for one row.
    public let operations: Int
}

/// What layers take their memory from while a model is bound to an input shape: it measures, and allocates nothing.
public struct LayerPlan: Sendable {
    /// The most floats of one arena: 256 MiB, far above any model that trains on a small device, and no danger to it.
    static let largestArena = 1 << 26

    /// The most rows (windows) of one pass.
    public let rows: Int
    /// Whether the weights will change from pass to pass.
    public let isForTraining: Bool
    /// The weights and running statistics that layers have taken so far.
    public private(set) var parameters: [Parameter] = []
    /// Floating-point operations for one row, forward.
    public private(set) var operations = 0
    package private(set) var weights = Plan()
    package private(set) var statistics = Plan()
    package private(set) var activations = Plan()
    package private(set) var packed = Plan()
    package private(set) var scratchCount = 0
    /// The fewest rows of a batch that a layer can be trained with.
    private(set) var leastBatch = 1
    /// The rows that a pass and a lane should have at least, so that they share the way of large weights from memory.
    private(set) var sharingRows = 1
    /// The floats of all gradients, each times the rows of a dense layer that it is worth.
    private var gradientsTimesRows = 0
    /// The weights whose gradients can be left out of the way back.
    private(set) var deferrableGradients: [DeferrableGradient] = []
    /// The layers bound so far, those within another before it.
    private(set) var summaries: [LayerSummary] = []
    private var scratch = Plan()
    private var path: [String] = []
    private var dropouts: UInt64 = 0
    /// The shape a Flatten has turned into one dimension, while only elementwise layers have followed it.
    var flattened: Shape?

    package init(rows: Int, isForTraining: Bool) {
        self.rows = rows
        self.isForTraining = isForTraining
    }

    /// The name of the layer being bound, with those of the layers it stands in: "branch2.conv1".
    public var layerName: String { path.joined(separator: ".") }

    /// An error that names the layer being bound.
    public func error(_ reason: String) -> ModelError {
        ModelError(layer: layerName, reason: reason)
    }

    /// Throws an error that names the layer being bound, unless the condition holds.
    public func require(_ condition: Bool, _ reason: () -> String) throws(ModelError) {
        guard condition else { throw error(reason()) }
    }

    /// Binds within a layer's name; its scratch memory begins anew.
    mutating func inside<Result>(
        _ name: String, _ body: (inout LayerPlan) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
        path.append(name)
        defer { path.removeLast() }
        scratch = Plan()
        return try body(&self)
    }

    /// How far the plan has come.
    struct Mark {
        fileprivate let summaries: Int
        fileprivate let parameters: Int
        fileprivate let operations: Int
    }

    var mark: Mark { Mark(summaries: summaries.count, parameters: parameters.count, operations: operations) }

    /// Notes what the layer being bound turned out to be.
    /// - Parameter before: Where the plan was before it was bound.
    mutating func summarize(kind: String, output: Shape, since before: Mark) {
        let within = summaries.dropFirst(before.summaries)
        let taken = parameters.dropFirst(before.parameters).filter { $0.role == .weight }
        summaries.append(
            LayerSummary(
                name: layerName, kind: kind, output: output,
                parameters: taken.reduce(0) { $0 + $1.shape.count } - within.reduce(0) { $0 + $1.parameters },
                operations: operations - before.operations - within.reduce(0) { $0 + $1.operations }))
    }

    /// Takes memory for a trained parameter of the layer being bound.
    /// - Parameters:
    ///   - shape: The shape in memory, input dimensions first.
    ///   - fileRank: The rank in a file, where it is below memory's: see `Parameter.fileShape`.
    /// - Throws: A `ModelError` where the parameter is larger than any arena may be.
    public mutating func weight(
        _ name: String, _ shape: Shape, addend: String? = nil, fileRank: Int? = nil
    ) throws(ModelError) -> Slot {
        try requireFitting(shape, "the parameter \(name)")
        let slot = weights.take(shape.count)
        gradientsTimesRows += shape.count * LayerPlan.rowsWorthGradient(of: shape.count)
        add(name, shape, .weight, slot, addend: addend, fileRank: fileRank)
        return slot
    }

    /// Throws an error unless values of a shape fit an arena; so no product of extents that passed can overflow.
    func requireFitting(_ shape: Shape, _ what: String) throws(ModelError) {
        try require(shape.count <= LayerPlan.largestArena) {
            "\(what) would have the shape \(shape), \(shape.count) values; the most are \(LayerPlan.largestArena)"
        }
    }

    /// Takes memory for a running statistic of the layer being bound.
    /// - Parameter momentum: The share of the newest batch in the moving average.
    public mutating func statistic(_ name: String, _ shape: Shape, momentum: Double, fileRank: Int? = nil) -> Slot {
        let slot = statistics.take(shape.count)
        add(name, shape, .statistic(momentum: momentum), slot, addend: nil, fileRank: fileRank)
        return slot
    }

    /// States that the layer being bound cannot be trained with batches of fewer rows.
    mutating func require(leastBatch: Int) {
        self.leastBatch = max(self.leastBatch, leastBatch)
    }

    /// States that the weights of the layer being bound are so many that at least so many rows of a pass should share their way from
    /// memory.
    mutating func shareWeights(amongRows rows: Int) {
        sharingRows = max(sharingRows, rows)
    }

    /// States that the gradient of a weight can be left to `BoundLayer.addDeferredGradient`, which takes it in parts, after the way back:
    /// so it passes from the product to the optimizer while a part is in the cache, and never stands in memory as a whole.
    /// - Parameter rowCount: The floats of a row, of which parts have whole ones.
    mutating func deferGradient(of weight: Slot, rowCount: Int) {
        deferrableGradients.append(DeferrableGradient(weight: weight, rowCount: rowCount))
    }

    /// The rows of a dense layer that the gradient of so many weights is worth: none where twelve of them stay in the second-level cache,
    /// many where not even one does.
    private static func rowsWorthGradient(of weights: Int) -> Int {
        switch weights {
        case ...(1 << 16): 0
        case ...(1 << 18): 32
        case ...(1 << 20): 96
        default: 512
        }
    }

    /// The rows that a lane should have at least, so that clearing large gradients and adding them up is little beside what they are
    /// computed by: those of `rowsWorthGradient` where dense layers make up the model, fewer where most operations are others'. As many
    /// share the way of the weights from memory in a pass.
    var rowsWorthGradients: Int { operations == 0 ? 1 : max(1, (2 * gradientsTimesRows + operations - 1) / operations) }

    private mutating func add(
        _ name: String, _ shape: Shape, _ role: Parameter.Role, _ slot: Slot, addend: String?, fileRank: Int?
    ) {
        let prefix = layerName + "."
        parameters.append(
            Parameter(
                name: prefix + name, shape: shape, role: role, slot: slot, addend: addend.map { prefix + $0 },
                fileRank: fileRank ?? shape.rank))
    }

    /// Takes memory that keeps its values from the forward to the backward call.
    public mutating func activation(perRow: Int) -> RowSlot {
        RowSlot(slot: activations.take(rows * perRow), perRow: perRow)
    }

    /// Takes memory that is used within one call and shared with other layers.
    public mutating func scratch(perRow: Int) -> RowSlot {
        let slot = scratch.take(rows * perRow)
        scratchCount = max(scratchCount, scratch.count)
        return RowSlot(slot: slot, perRow: perRow)
    }

    /// Takes memory for values of the layer as a whole that are used within one call.
    public mutating func scratch(count: Int) -> Slot {
        let slot = scratch.take(count)
        scratchCount = max(scratchCount, scratch.count)
        return slot
    }

    /// Takes memory for values of the layer as a whole that live from the forward to the backward call.
    public mutating func activation(count: Int) -> Slot {
        activations.take(count)
    }

    /// Takes memory for weights in the order in which a kernel reads them.
    public mutating func packed(count: Int) -> Slot {
        packed.take(count)
    }

    /// Takes a number that tells this use of dropout from every other in the model.
    public mutating func dropoutStream() -> UInt64 {
        dropouts += 1
        return dropouts
    }

    /// Counts floating-point operations of the forward call for one row.
    public mutating func count(operations: Int) {
        self.operations += operations
    }
}
