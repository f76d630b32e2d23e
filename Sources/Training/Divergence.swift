import Platform

/// Training that met a value that is not finite, or a loss that no weights come back from: where, and what to try.
public struct Divergence: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first layer whose output was not finite; nil where all were, and the loss itself was not.
    public let layer: String?
    /// The mean training loss of the epoch, where that is beyond use; nil where a value is not finite.
    public let loss: Double?
    /// The epoch, from 1.
    public let epoch: Int
    /// The batch of the epoch, from 1.
    public let batch: Int

    /// The largest mean loss of an epoch that is no divergence. The cross-entropy of the smallest probability that a Float holds is 104.
    public static let largestLoss = 1e6

    init(layer: String? = nil, loss: Double? = nil, epoch: Int, batch: Int) {
        self.layer = layer
        self.loss = loss
        self.epoch = epoch
        self.batch = batch
    }

    /// The place and what helps, in one line.
    public var description: String {
        let problem =
            loss.map { "the loss is \(NumberText.significant($0)) in epoch \(epoch)" }
            ?? "\(layer.map { "the output of layer \($0)" } ?? "the loss") is not finite in epoch \(epoch), batch \(batch)"
        return "training diverged: \(problem); try a lower learning rate or a limit on the gradient norm"
    }
}
