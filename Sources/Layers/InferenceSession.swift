import Kernels
import Tensors

/// A trained model ready to classify raw windows: planned once, no allocation in a prediction.
///
/// A session's memory is used by one caller at a time; for several threads, make one session each from the same `ModelState`.
public final class InferenceSession {
    public let model: Model
    private let standardization: Standardization
    private let weights: PackedWeights
    private let lane: Lane

    /// - Parameters:
    ///   - state: The weights, as they are now; later changes do not reach the session.
    ///   - standardization: What training applied to the windows.
    public init(_ model: Model, state: ModelState, standardization: Standardization) {
        BLAS.useCallingThreadOnly()
        self.model = model
        self.standardization = standardization
        weights = PackedWeights(model, state: state, forTraining: false)
        lane = Lane(model, training: false)
    }

    /// Computes the probability of each class for raw windows.
    /// - Parameters:
    ///   - windows: [count, steps, channels] in the units of the data.
    ///   - probabilities: Receives [count, classes].
    /// - Precondition: Both hold the same number of rows.
    public func predict(_ windows: Span<Float>, into probabilities: inout MutableSpan<Float>) {
        let size = model.description.input.count
        let count = windows.count / size
        precondition(
            windows.count == count * size && probabilities.count == count * model.classes,
            "predict: \(windows.count) values and \(probabilities.count) probabilities for windows of \(model.description.input)")
        for first in stride(from: 0, to: count, by: model.rowsPerPass) {
            let rows = min(model.rowsPerPass, count - first)
            let pass = Pass(rows: rows, mode: .inference, weights: weights, lane: lane)
            var input = model.input(pass)
            copy(windows.extracting(first * size..<(first + rows) * size), to: &input)
            standardization.apply(to: &input)
            model.forward(pass)
            // The place of the logits' gradient is free in a prediction.
            var result = model.dLogits(pass)
            softmax(model.logits(pass), rows: rows, classes: model.classes, into: &result)
            for i in 0..<rows * model.classes { probabilities[first * model.classes + i] = result[i] }
        }
    }
}
