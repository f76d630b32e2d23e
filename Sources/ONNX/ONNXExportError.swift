/// A model that cannot be written as ONNX: which layer, and why.
public struct ONNXExportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The layer's name, with those of the layers it stands in: "inception.branch2.conv1"; empty for the model as a whole.
    public let layer: String
    /// Why it cannot be exported.
    public let reason: String

    public var description: String { layer.isEmpty ? reason : "layer \(layer): \(reason)" }
}
