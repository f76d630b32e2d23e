import Memory

/// Why windows cannot be standardized as asked.
public enum StandardizationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There are no windows to take statistics of.
    case noWindows
    /// The stored means and deviations fit no kind, or are not equally many.
    case size(mean: Int, std: Int, window: Shape)
    /// A stored tensor has a shape that fits no kind.
    case shape(name: String, found: [Int], window: Shape)
    /// Stored means and deviations differ in shape.
    case shapes(mean: [Int], std: [Int])
    /// A stored mean is not finite, or a deviation is not finite and at least 1e-30.
    case value(name: String, index: Int, value: Float)

    public var description: String {
        switch self {
        case .noWindows:
            "no windows to take the mean and standard deviation of: hold out fewer windows"
        case .size(let mean, let std, let window):
            "standardize: \(mean) means and \(std) deviations do not fit windows of \(window): use a checkpoint of this program"
        case .shape(let name, let found, let window):
            "standardize.\(name) is \(found), must be \(Standardization.Kind.channelAndStep.shape(window: window)) (steps, channels), "
                + "\(Standardization.Kind.channel.shape(window: window)) or, for none, \(Standardization.Kind.none.shape(window: window))"
        case .shapes(let mean, let std):
            "standardize.mean is \(mean) and standardize.std \(std): both must have the same shape"
        case .value(let name, let index, let value) where name == "std" && value > 0 && value.isFinite:
            "standardize.\(name)[\(index)] is \(value), less than \(Standardization.leastDeviation), and readings divided by it are out of "
                + "float32's range: the file is damaged, or the value never changes: write 1"
        case .value(let name, let index, let value):
            "standardize.\(name)[\(index)] is \(value), not a finite number\(name == "std" ? " above 0" : ""): the file is damaged"
        }
    }
}
