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
    public init(_ model: Model, state: ModelState, forTraining: Bool) {
        self.init(model.network, count: model.packedCount, state: state, forTraining: forTraining)
    }

    /// Packs the weights of bound layers: for layers that are no model, as in tests.
    package init(_ network: Sequential, count: Int, state: ModelState, forTraining: Bool) {
        self.network = network
        self.state = state
        self.forTraining = forTraining
        arena = Arena(count: count)
        refresh()
    }

    /// Packs the weights as they are now.
    public func refresh() {
        network.pack(into: self)
    }
}
