import Memory

/// Why windows cannot be standardized as asked.
public enum StandardizationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There are no windows to take statistics of.
    case noWindows
    /// The stored means and deviations fit no kind, or are not equally many.
    case size(mean: Int, std: Int, window: Shape)
    /// A stored mean is not finite, or a deviation is not finite and above 0.
    case value(name: String, index: Int, value: Float)

    public var description: String {
        switch self {
        case .noWindows:
            "no windows to take the mean and standard deviation of: hold out fewer windows"
        case .size(let mean, let std, let window):
            "standardize: \(mean) means and \(std) deviations do not fit windows of \(window): use a checkpoint of this program"
        case .value(let name, let index, let value):
            "standardize.\(name)[\(index)] is \(value), not a finite number\(name == "std" ? " above 0" : ""): the file is damaged"
        }
    }
}
