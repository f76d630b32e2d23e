/// A layer of a bound model, or several that are computed as one.
public struct ModelStage: Sendable {
    let index: Int
    /// The names of its layers: "conv1+relu1+pool1".
    public let name: String
    /// Floating-point operations of its forward call for one row, those of products counted.
    public let forwardOperations: Int
    /// Floating-point operations of its backward call for one row.
    public let backwardOperations: Int
}
