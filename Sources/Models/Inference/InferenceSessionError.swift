/// Why there is no session: it would have nothing to compute with.
public enum InferenceSessionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// So many lanes compute no window: at least one is needed.
    case lanes(Int)
    /// So many threads compute no window: at least one is needed.
    case threads(Int)

    /// What cannot be done, and what would be right.
    public var description: String {
        switch self {
        case .lanes(let count): "\(count) lanes cannot predict: at least 1 is needed"
        case .threads(let count): "\(count) threads cannot predict: at least 1 is needed"
        }
    }
}
