import Layers
import TimeSeries

/// Why training cannot begin, or windows cannot be scored.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The model does not fit the windows, its layers do not fit each other, or training it takes more memory than there is.
    case model(ModelError)
    /// A setting of the recipe is out of its range.
    case recipe(RecipeError)
    /// There are no windows to learn from.
    case standardization(StandardizationError)
    /// The windows are of another format than those of the training: what differs.
    case format(String)
    /// Windows cannot be scored.
    case windows(WindowError)
    /// So many threads cannot train: at least one is needed.
    case threads(Int)

    /// What cannot be done, and what would be right.
    public var description: String {
        switch self {
        case .model(let error): "\(error)"
        case .recipe(let error): "\(error)"
        case .standardization(let error): "\(error)"
        case .format(let difference): difference
        case .windows(let error): "\(error)"
        case .threads(let count): "\(count) threads cannot train: at least 1 is needed"
        }
    }
}
