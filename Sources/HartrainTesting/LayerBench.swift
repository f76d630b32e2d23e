import Kernels
import Layers
import Memory

/// Layers bound alone, without the classes that a model must end in, on memory of their own: what checks of layers work on.
///
/// Before every call the memory that the call must not rely on holds NaN, so that a value read before it is written shows.
package final class LayerBench {
    package let network: Sequential
    package let parameters: [Parameter]
    /// The shapes of one row.
    package let input: Shape
    package let output: Shape
    package let rows: Int
    package let state: ModelState
    package let packedWeights: PackedWeights
    package let lane: Lane
    /// The key of the dropout masks.
    package var dropoutKey: UInt64 = 1
    /// The number of the first row in the whole batch.
    package var firstRow = 0

    package init(_ layers: [any Layer], input: Shape, rows: Int, plannedRows: Int? = nil) throws(ModelError) {
        var plan = LayerPlan(rows: plannedRows ?? rows, isForTraining: true)
        var network = Sequential(layers)
        output = try network.bind(&plan, input: input)
        self.network = network
        self.input = input
        self.rows = rows
        parameters = plan.parameters
        state = ModelState(weightCount: plan.weights.count, statisticCount: plan.statistics.count)
        packedWeights = PackedWeights(network, state: state, forTraining: true, into: Arena(count: plan.packed.count))
        lane = Lane(
            gradientCount: plan.weights.count, statisticCount: plan.statistics.count, activationCount: plan.activations.count,
            scratchCount: plan.scratchCount)
    }

    package var weights: [Parameter] { parameters.filter { $0.role == .weight } }

    private func pass(_ mode: Pass.Mode) -> Pass {
        packedWeights.refresh()
        return Pass(rows: rows, mode: mode, firstRow: firstRow, dropoutKey: dropoutKey, weights: packedWeights, lane: lane)
    }

    private func set(_ arena: Arena, to value: Float) {
        var floats = arena.write(arena.all)
        fill(&floats, value)
    }

    /// The output [rows, output] of an input [rows, input].
    package func forward(_ x: [Float], mode: Pass.Mode = .training) -> [Float] {
        set(lane.activations, to: .nan)
        set(lane.scratch, to: .nan)
        var y = [Float](repeating: .nan, count: rows * output.count)
        var span = y.mutableSpan
        network.forward(pass(mode), x.span, &span)
        return y
    }

    /// The gradient of the input, or nothing where it is not wanted; adds the weights' gradients to the lane's.
    package func backward(x: [Float], y: [Float], dy: [Float], wantsInput: Bool = true, mode: Pass.Mode = .training) -> [Float] {
        set(lane.scratch, to: .nan)
        var dx = [Float](repeating: .nan, count: wantsInput ? x.count : 0)
        var span = dx.mutableSpan
        network.backward(pass(mode), x: x.span, y: y.span, dy: dy.span, dx: &span)
        return dx
    }

    /// The gradients of all weights: as many as the weight arena, gaps between slots included.
    package var gradients: [Float] {
        get { values(lane.gradients, lane.gradients.all) }
        set {
            let gradients = lane.gradients
            var span = gradients.write(gradients.all)
            copy(newValue.span, to: &span)
        }
    }

    /// The gradient of one weight, in memory's order.
    package func gradient(_ parameter: Parameter) -> [Float] { values(lane.gradients, parameter.slot) }

    /// What the rows have added up for a running statistic.
    package func statisticSums(_ parameter: Parameter) -> [Float] { values(lane.statisticSums, parameter.slot) }

    private func values(_ arena: Arena, _ slot: Slot) -> [Float] {
        let span = arena.read(slot)
        return span.indices.map { span[$0] }
    }

    /// Sets all weights to values around 0, and statistics to values above it.
    package func randomize(_ random: inout Random) {
        for parameter in parameters {
            let range: (Double, Double) = parameter.role == .weight ? (-0.6, 0.6) : (0.5, 1.5)
            state.set(parameter, to: (0..<parameter.shape.count).map { _ in Float(random.uniform(range.0, range.1)) })
        }
    }
}

extension Random {
    /// Floats spread evenly over -1 ..< 1.
    package mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(uniform(-1, 1)) }
    }
}
