import Memory
public import Tensors
public import TimeSeries

extension WindowSet {
    /// Takes labelled windows out of a tensor.
    /// - Parameters:
    ///   - values: The windows, [count, steps, channels], in the units of the format.
    ///   - labels: The class of each window, from 0; [count].
    ///   - groups: What each window belongs to, [count]: windows of a group should not be on both sides of a split.
    ///   - format: What the windows hold.
    /// - Throws: A `WindowError` where shapes or counts do not fit, a label is none of the format's classes, or a value is not finite.
    public init(values: Tensor, labels: [Int], groups: [Int]? = nil, format: WindowFormat) throws(WindowError) {
        let window = format.shape
        guard values.shape.rank == 3, values.shape[1] == window[0], values.shape[2] == window[1] else {
            throw WindowError(
                message:
                    "a tensor of \(values.shape) holds no windows of \(window): it must be [count, \(window[0]), \(window[1])]")
        }
        try self.init(values: values.values, labels: labels, groups: groups, format: format)
    }

    /// The readings of all windows, [count, steps, channels].
    public var tensor: Tensor {
        Tensor(trusting: [count, format.steps, format.channels.count], values)
    }
}
