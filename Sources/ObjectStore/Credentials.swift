/// What signs a request. Never part of a message.
public struct Credentials: Equatable, Sendable, CustomStringConvertible {
    /// The access key's identifier.
    let accessKey: String
    /// The secret that goes with it.
    let secretKey: String
    /// What temporary credentials carry besides, or nil.
    let sessionToken: String?

    /// Hides what it holds from logs.
    public var description: String { "credentials" }
}
