/// Why an object cannot be read or written: where, what is wrong and what to do, in one line without any secret.
public struct ObjectStoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The object, the option or the file that the error is about.
    public let place: String
    /// What is wrong, and what to do.
    public let reason: String
    /// The HTTP status, where a server answered.
    public let status: Int?
    /// What S3 calls the error ("NoSuchKey"), where a server answered with it.
    public let code: String?

    /// An error that is known where it happens.
    public init(place: String, reason: String, status: Int? = nil, code: String? = nil) {
        self.place = place
        self.reason = reason
        self.status = status
        self.code = code
    }

    /// Whether the store itself has said that there is no such object, or none for this reader: not that it could not be asked.
    var isFinal: Bool { code.map { ["NoSuchKey", "NoSuchBucket", "AccessDenied", "AllAccessDisabled"].contains($0) } ?? false }

    /// The same error with more of what to do.
    func adding(_ hint: String) -> ObjectStoreError {
        ObjectStoreError(place: place, reason: "\(reason); \(hint)", status: status, code: code)
    }

    public var description: String { "\(place): \(reason)" }
}
