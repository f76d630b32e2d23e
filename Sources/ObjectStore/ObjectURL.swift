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
    public static func isMeant(by text: String) -> Bool {
        text.utf8.prefix(scheme.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } == Array(scheme.utf8)
    }

    /// Reads `s3://bucket`, `s3://bucket/key` or, as a prefix, `s3://bucket/key/`.
    ///
    /// A place is taken apart by its bytes, as every server and file system does: as a character, "/" with a combining mark after it is no
    /// "/", and would hide a "..".
    /// - Throws: An `ObjectStoreError` that says what is wrong with the text.
    public init(_ text: String) throws(ObjectStoreError) {
        func failure(_ problem: String) -> ObjectStoreError {
            ObjectStoreError(place: JSON.excerpt(of: text, limit: 200), reason: problem)
        }
        guard text.utf8.starts(with: ObjectURL.scheme.utf8) else {
            throw failure("must begin with s3:// as in s3://bucket/prefix")
        }
        let rest = text.utf8.dropFirst(ObjectURL.scheme.utf8.count)
        let bucket = rest.prefix { $0 != ObjectURL.slash }
        guard ObjectURL.isBucket(bucket) else {
            throw failure("the bucket must have 3 to 63 letters, digits, '.', '-' and '_', the first a letter or digit")
        }
        var key = rest.dropFirst(bucket.count + 1)
        if key.last == ObjectURL.slash, key.count > 1 { key.removeLast() }
        guard key.count <= ObjectURL.longestKey else { throw failure("the key is longer than 1024 bytes") }
        self.bucket = String(Substring(bucket))
        self.key = String(Substring(key))
        guard key.isEmpty || ObjectURL.segments(of: self.key).allSatisfy(ObjectURL.isSegment) else {
            throw failure("the key may have no control characters and no segment that is empty, '.' or '..'")
        }
    }

    private init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    private static let slash = UInt8(ascii: "/")

    private static func segments(of key: String) -> [String] {
        key.utf8.split(separator: slash, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    private static func isBucket(_ text: Substring.UTF8View) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard (3...63).contains(text.count), text.first.map(isAlphanumeric) == true else { return false }
        return text.allSatisfy { isAlphanumeric($0) || ".-_".utf8.contains($0) }
    }

    private static func isSegment(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && JSON.isVisible(text)
    }

    /// The segments of the key; one that is empty for the bucket itself.
    public var segments: [String] { ObjectURL.segments(of: key) }

    /// The last segment of the key.
    public var name: String { segments.last ?? "" }

    /// The place that has this key as its folder.
    /// - Precondition: `path` is made of segments that a key may have.
    public func appending(_ path: String) -> ObjectURL {
        ObjectURL(bucket: bucket, key: key.isEmpty ? path : key + "/" + path)
    }

    /// The place whose name in the same folder is another.
    public func sibling(_ path: String) -> ObjectURL {
        ObjectURL(bucket: bucket, key: segments.dropLast().map { $0 + "/" }.joined() + path)
    }

    public var description: String { ObjectURL.scheme + bucket + (key.isEmpty ? "" : "/" + key) }
}
