import Platform

/// A safetensors file that cannot be read, written or used: which file, which tensor, and what is wrong.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's path, or a name for bytes that are in no file.
    public let file: String
    /// The tensor, or nil when the whole file is meant.
    public let tensor: String?
    /// What is wrong, and what would be right.
    public let problem: String

    /// An error of a file or of one of its tensors.
    public init(file: String, tensor: String? = nil, problem: String) {
        self.file = file
        self.tensor = tensor
        self.problem = problem
    }

    init(_ error: FileError) {
        self.init(file: error.path, problem: "cannot \(error.operation) it: \(error.reason)")
    }

    /// The tensor, if one is meant, and the problem.
    public var reason: String { tensor.map { "tensor '\($0)': \(problem)" } ?? problem }

    /// The file and what is wrong.
    public var description: String { "\(file): \(reason)" }
}
