import Platform
import TensorFiles

/// A file of a model, its weights or its training that cannot be used: which, and why.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's path.
    public let file: String
    /// What is wrong, without the file's name.
    public let reason: String

    /// A reason that is known where the file is read.
    public init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }

    /// What stopped the reading of a file; errors that name the file themselves give their reason only.
    public init(file: String, _ error: any Error) {
        switch error {
        case let error as ModelFileError: self = error
        case let error as SafetensorsError: self.init(file: error.file, reason: error.reason)
        case let error as NumPyError: self.init(file: error.file, reason: error.reason)
        case let error as FileError: self.init(file: error.path, reason: "cannot \(error.operation) it: \(error.reason)")
        default: self.init(file: file, reason: "\(error)")
        }
    }

    /// The file and the reason.
    public var description: String { "\(file): \(reason)" }
}
