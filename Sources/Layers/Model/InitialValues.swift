import Kernels
import Memory

/// Where a layer puts the values that training begins with; all are zero before.
public struct InitialValues {
    private let state: ModelState
    private var random: Random

    init(_ state: ModelState, seed: UInt64) {
        self.state = state
        random = Random(seed: seed, stream: .initialization)
    }

    /// Sets all values of a weight to one number.
    public func fill(_ weight: Slot, with value: Float) {
        var values = state.weights.write(weight)
        Kernels.fill(&values, value)
    }

    /// Sets a part of a weight's values to one number.
    public func fill(_ weight: Slot, _ range: Range<Int>, with value: Float) {
        fill(weight.part(from: range.lowerBound, count: range.count), with: value)
    }

    /// Sets all values of a running statistic to one number.
    public func fillStatistic(_ statistic: Slot, with value: Float) {
        var values = state.statistics.write(statistic)
        Kernels.fill(&values, value)
    }

    /// Draws the values of a weight, seen as a matrix [rows, columns].
    /// - Parameters:
    ///   - inputs: Values that flow into one output; `outputs`: values that one input flows into ("fan in" and "fan out").
    public mutating func draw(
        _ weight: Slot, _ initializer: Initializer, rows: Int, columns: Int, inputs: Int, outputs: Int
    ) {
        // The span borrows the arena, not all of this.
        let weights = state.weights
        var values = weights.write(weight)
        initializer.fill(&values, rows: rows, columns: columns, inputs: inputs, outputs: outputs, using: &random)
    }
}
