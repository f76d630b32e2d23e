import Kernels
import Memory

/// A model's state together with a copy of its weights in the order in which kernels read them.
///
/// Whoever changes the weights calls `refresh` before the next pass, on one thread while no pass runs.
public struct PackedWeights: Sendable {
    /// The values that the copy was made of.
    public let state: ModelState
    /// Whether backward calls read the copy too.
    public let forTraining: Bool
    /// The packed weights; layers take their slots from `LayerPlan.packed`.
    public let arena: Arena
    private let network: Sequential

    /// Packs the weights of a model as they are now.
    /// - Parameter arena: Where to; as large as the model's packed weights. nil: memory of its own.
    public init(_ model: Model, state: ModelState, forTraining: Bool, into arena: Arena? = nil) {
        self.init(model.network, state: state, forTraining: forTraining, into: arena ?? Arena(count: model.packedCount))
    }

    /// Packs the weights of bound layers: for layers that are no model, as in tests.
    package init(_ network: Sequential, state: ModelState, forTraining: Bool, into arena: Arena) {
        self.network = network
        self.state = state
        self.forTraining = forTraining
        self.arena = arena
        refresh()
    }

    /// Packs the weights as they are now.
    public func refresh() {
        network.pack(into: self)
    }
}
