/// A file or folder that could not be read or written: which one, what was tried, and what the system said.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    /// What was tried: "read", "write", "create folder" ...
    public let operation: String
    /// The reason, as the system gives it ("No such file or directory").
    public let reason: String

    public init(path: String, operation: String, reason: String) {
        self.path = path
        self.operation = operation
        self.reason = reason
    }

    public var description: String { "cannot \(operation) \(path): \(reason)" }
}
