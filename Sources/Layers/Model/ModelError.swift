/// A model that cannot be built: which layer, and what does not fit.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The layer's name ("conv2") or where it stands in a description; empty for the model as a whole.
    public let layer: String
    /// What does not fit, and what would.
    public let reason: String

    /// An error of a layer, or with an empty name of the whole model.
    public init(layer: String, reason: String) {
        self.layer = layer
        self.reason = reason
    }

    public var description: String { layer.isEmpty ? reason : "layer \(layer): \(reason)" }
}
