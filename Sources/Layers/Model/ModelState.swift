import Kernels
import Memory

/// The values of a model: one arena of trained weights, one of running statistics. Shared by all lanes, written between passes.
public struct ModelState: Sendable {
    /// What the optimizer changes.
    public let weights: Arena
    /// What batch normalisation remembers of the batches.
    public let statistics: Arena

    /// Zeroed state for a model.
    public init(_ model: Model) {
        self.init(weightCount: model.weightCount, statisticCount: model.statisticCount)
    }

    /// Zeroed state of these sizes: for layers that are no model, as in tests.
    package init(weightCount: Int, statisticCount: Int) {
        weights = Arena(count: weightCount)
        statistics = Arena(count: statisticCount)
    }

    /// A parameter to read, in memory's order.
    @_lifetime(borrow self)
    public func read(_ parameter: Parameter) -> Span<Float> {
        parameter.role == .weight ? weights.read(parameter.slot) : statistics.read(parameter.slot)
    }

    /// The values of a parameter, in memory's order.
    public func values(_ parameter: Parameter) -> [Float] {
        let span = read(parameter)
        return span.indices.map { span[$0] }
    }

    /// Sets the values of a parameter, in memory's order.
    public func set(_ parameter: Parameter, to values: [Float]) {
        precondition(values.count == parameter.shape.count, "\(parameter.name) has \(parameter.shape.count) values")
        var span = arena(parameter).write(parameter.slot)
        for i in values.indices { span[i] = values[i] }
    }

    /// Takes over all values of another state of the same model.
    public func copy(from other: ModelState) {
        for (source, target) in [(other.weights, weights), (other.statistics, statistics)] {
            var values = target.write(target.all)
            Kernels.copy(source.read(source.all), to: &values)
        }
    }

    private func arena(_ parameter: Parameter) -> Arena {
        parameter.role == .weight ? weights : statistics
    }
}
