/// Why a server does not start: what is wrong and what to do.
public struct ServingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line for a person.
    public let description: String

    /// An error with these words.
    public init(_ description: String) {
        self.description = description
    }
}
