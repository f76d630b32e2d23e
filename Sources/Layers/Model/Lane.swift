import Kernels
import Tensors

/// The memory of one worker: its own gradients, activations and scratch, so that lanes never write what another reads.
public struct Lane: Sendable {
    public let gradients: Arena
    /// Sums of row counts times batch statistics, for the moving averages of the model's statistics.
    public let statisticSums: Arena
    public let activations: Arena
    public let scratch: Arena

    /// Zeroed memory for a model.
    /// - Parameter training: Whether gradients are wanted.
    public init(_ model: Model, training: Bool) {
        gradients = Arena(count: training ? model.weightCount : 0)
        statisticSums = Arena(count: training ? model.statisticCount : 0)
        activations = Arena(count: model.activationCount)
        scratch = Arena(count: model.scratchCount)
    }

    /// Sets gradients and sums of statistics to zero, before a batch.
    public func clearSums() {
        var gradients = gradients.write(gradients.all)
        fill(&gradients, 0)
        var sums = statisticSums.write(statisticSums.all)
        fill(&sums, 0)
    }
}
