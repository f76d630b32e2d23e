import Platform

/// What is wrong with windows or with a file of them, where, and what to do about it.
public struct WindowError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Path of the file or folder, as it was opened; empty for windows that are in no file.
    public let file: String
    /// Line, from 1; nil where the whole file is meant.
    public let line: Int?
    /// Column of the first character of the value, in bytes from 1, as editors count; the message names the number of the value.
    public let column: Int?
    /// What is wrong and what to do.
    public let message: String

    /// An error of a file, of a place in it, or of windows in memory.
    public init(file: String = "", line: Int? = nil, column: Int? = nil, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: message`, without what is not known.
    public var description: String {
        guard !file.isEmpty else { return message }
        var place = file
        if let line { place += ":\(line)" }
        if let column { place += ":\(column)" }
        return "\(place): \(message)"
    }
}
