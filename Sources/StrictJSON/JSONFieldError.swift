/// A field of a configuration that is missing, unknown or has a wrong value.
public struct JSONFieldError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whose field it is: "layer 3 (Conv1D)".
    public let context: String
    /// What is wrong, and what would be right: "'filters' must be a whole number, found \"abc\"".
    public let problem: String

    /// An error of a field.
    public init(context: String, problem: String) {
        self.context = context
        self.problem = problem
    }

    /// Whose field it is and what is wrong with it.
    public var description: String { context.isEmpty ? problem : "\(context): \(problem)" }
}
