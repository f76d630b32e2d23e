/// What signs a request. Never part of a message.
public struct Credentials: Equatable, Sendable, CustomStringConvertible {
    /// The access key's identifier.
    let accessKey: String
    /// The secret that goes with it.
    let secretKey: String
    /// What temporary credentials carry besides, or nil.
    let sessionToken: String?

    /// - Throws: An `ObjectStoreError` where a value holds what no header may hold; without the value.
    init(accessKey: String, secretKey: String, sessionToken: String?, from source: String) throws(ObjectStoreError) {
        for value in [accessKey, secretKey, sessionToken ?? ""] {
            guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw ObjectStoreError(
                    place: source,
                    reason: "a part of the AWS credentials has spaces or other characters that no key has: "
                        + "copy it again")
            }
        }
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    /// What no text may show.
    var secrets: [String] { [secretKey] + (sessionToken.map { [$0] } ?? []) }

    /// Hides what it holds from logs.
    public var description: String { "credentials" }
}
