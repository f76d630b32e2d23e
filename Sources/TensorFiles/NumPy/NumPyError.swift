/// A file of NumPy arrays that cannot be read: which, which array of it, and why.
public struct NumPyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's path.
    public let file: String
    /// The array's name, or nil where the file as a whole is wrong.
    public let array: String?
    /// What is wrong, and what to do.
    public let problem: String

    init(file: String, array: String? = nil, problem: String) {
        self.file = file
        self.array = array
        self.problem = problem
    }

    /// The array, if one is meant, and the problem.
    public var reason: String { array.map { "array '\($0)': \(problem)" } ?? problem }

    public var description: String { "\(file): \(reason)" }
}
