/// The weights of a complete run could not be published.
public struct PublicationError: Error, CustomStringConvertible {
    /// What stood in the way: an `ObjectStoreError`, a `FileError` or a `ModelFileError`.
    public let cause: any Error

    /// The cause's text.
    public var description: String { "\(cause)" }
}
