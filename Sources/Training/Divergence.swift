/// Training that met a value that is not finite: where, and what to try.
public struct Divergence: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first layer whose output was not finite; nil where all were, and the loss itself was not.
    public let layer: String?
    /// The epoch, from 1.
    public let epoch: Int
    /// The batch of the epoch, from 1.
    public let batch: Int

    /// The place and what helps, in one line.
    public var description: String {
        let place = layer.map { "the output of layer \($0)" } ?? "the loss"
        return "training diverged: \(place) is not finite in epoch \(epoch), batch \(batch); "
            + "try a lower learning rate or a limit on the gradient norm"
    }
}
