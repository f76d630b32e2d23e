/// A file or folder that could not be read or written: which one, what was tried, and what the system said.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// What was tried: "read", "write", "create folder" ...
    public let operation: String
    /// The reason, as the system gives it ("No such file or directory").
    public let reason: String

    /// An error whose reason is known where it happens.
    public init(path: String, operation: String, reason: String) {
        self.path = path
        self.operation = operation
        self.reason = reason
    }

    /// "cannot read a.txt: No such file or directory".
    public var description: String { "cannot \(operation) \(path): \(reason)" }
}
