import Kernels
import Memory

/// The memory of one worker: its own gradients, activations and scratch, so that lanes never write what another reads.
public struct Lane: Sendable {
    /// Sums over the lane's rows, laid out as the weights.
    public let gradients: Arena
    /// Sums of row counts times batch statistics, for the moving averages of the model's statistics.
    public let statisticSums: Arena
    /// Values that live from the forward to the backward call.
    public let activations: Arena
    /// Values of one call, shared by all layers.
    public let scratch: Arena

    /// Zeroed memory for a model.
    /// - Parameter training: Whether gradients are wanted.
    public init(_ model: Model, training: Bool) {
        self.init(
            gradientCount: training ? model.weightCount : 0, statisticCount: training ? model.statisticCount : 0,
            activationCount: model.activationCount, scratchCount: model.scratchCount)
    }

    /// Zeroed memory of these sizes: for layers that are no model, as in tests.
    package init(gradientCount: Int, statisticCount: Int, activationCount: Int, scratchCount: Int) {
        gradients = Arena(count: gradientCount)
        statisticSums = Arena(count: statisticCount)
        activations = Arena(count: activationCount)
        scratch = Arena(count: scratchCount)
    }

    /// Sets gradients and sums of statistics to zero, before a batch.
    /// - Parameter parts: The gradients that will be added to; nil: all.
    public func clearSums(_ parts: [Slot]? = nil) {
        for part in parts ?? [gradients.all] {
            var sums = gradients.write(part)
            fill(&sums, 0)
        }
        var sums = statisticSums.write(statisticSums.all)
        fill(&sums, 0)
    }
}
