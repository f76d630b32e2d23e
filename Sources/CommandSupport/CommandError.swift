/// A failure that a command explains itself.
public struct CommandError: Error, CustomStringConvertible {
    /// What is wrong and what to do, on one line.
    public let description: String

    /// A failure with these words.
    public init(_ description: String) {
        self.description = description
    }
}
