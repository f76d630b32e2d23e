import StrictJSON

/// A place in an object store: `s3://bucket/key`.
public struct ObjectURL: Hashable, Sendable, CustomStringConvertible {
    /// The bucket's name.
    public let bucket: String
    /// The object's name in the bucket, segments separated by "/"; empty for the bucket itself.
    public let key: String

    static let scheme = "s3://"
    /// The longest key in bytes, as S3 has it.
    static let longestKey = 1024

    /// Whether a text is meant as a place in an object store, whatever is wrong with it.
    public static func isMeant(by text: String) -> Bool { text.lowercased().hasPrefix(scheme) }

    /// Reads `s3://bucket`, `s3://bucket/key` or, as a prefix, `s3://bucket/key/`.
    /// - Throws: An `ObjectStoreError` that says what is wrong with the text.
    public init(_ text: String) throws(ObjectStoreError) {
        func failure(_ problem: String) -> ObjectStoreError {
            ObjectStoreError(place: JSON.excerpt(of: text, limit: 200), reason: problem)
        }
        guard text.hasPrefix(ObjectURL.scheme) else { throw failure("must begin with s3:// as in s3://bucket/prefix") }
        let parts = text.dropFirst(ObjectURL.scheme.count).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        bucket = String(parts[0])
        guard ObjectURL.isBucket(bucket) else {
            throw failure("the bucket must have 3 to 63 letters, digits, '.', '-' and '_', the first a letter or digit")
        }
        var key = parts.count > 1 ? parts[1] : ""
        if key.last == "/", key.count > 1 { key.removeLast() }
        self.key = String(key)
        guard key.utf8.count <= ObjectURL.longestKey else { throw failure("the key is longer than 1024 bytes") }
        guard key.isEmpty || key.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(ObjectURL.isSegment) else {
            throw failure("the key may have no control characters and no segment that is empty, '.' or '..'")
        }
    }

    private init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    private static func isBucket(_ text: String) -> Bool {
        guard (3...63).contains(text.utf8.count), let first = text.first, first.isLetter || first.isNumber else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) }
    }

    private static func isSegment(_ text: Substring) -> Bool {
        !text.isEmpty && text != "." && text != ".." && JSON.isVisible(String(text))
    }

    /// The last segment of the key.
    public var name: String { key.split(separator: "/").last.map(String.init) ?? "" }

    /// The place that has this key as its folder.
    /// - Precondition: `path` is made of segments that a key may have.
    public func appending(_ path: String) -> ObjectURL {
        ObjectURL(bucket: bucket, key: key.isEmpty ? path : key + "/" + path)
    }

    /// The place whose name in the same folder is another.
    public func sibling(_ path: String) -> ObjectURL {
        ObjectURL(bucket: bucket, key: key.split(separator: "/").dropLast().map { $0 + "/" }.joined() + path)
    }

    public var description: String { ObjectURL.scheme + bucket + (key.isEmpty ? "" : "/" + key) }
}
