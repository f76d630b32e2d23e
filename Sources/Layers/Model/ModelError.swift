/// A model that cannot be built: which layer, and what does not fit.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The layer's name ("conv2") or where it stands in a description; empty for the model as a whole.
    public let layer: String
    public let reason: String

    public init(layer: String, reason: String) {
        self.layer = layer
        self.reason = reason
    }

    public var description: String { layer.isEmpty ? reason : "layer \(layer): \(reason)" }
}
