import Memory

public import Models
public import Tensors
public import TimeSeries

extension InferenceSession {
    /// Computes the probability of each class for raw windows, each by itself: as `predict` of an array, whose answers it gives.
    /// - Parameter windows: [count, steps, channels] in the units of the format.
    /// - Returns: [count, classes].
    /// - Throws: A `WindowError` where the shape is another, or a window's probabilities are not finite numbers.
    public func predict(_ windows: Tensor) throws(WindowError) -> Tensor {
        let window = format.shape
        guard windows.shape.rank == 3, windows.shape[1] == window[0], windows.shape[2] == window[1] else {
            throw WindowError(
                message:
                    "a tensor of \(windows.shape) holds no windows of \(window): it must be [count, \(window[0]), \(window[1])]")
        }
        let predictions: [Prediction] = try predict(windows.values)
        return Tensor(trusting: [windows.shape[0], format.classes.count], predictions.flatMap(\.probabilities))
    }
}
