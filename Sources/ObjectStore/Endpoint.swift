import StrictJSON

/// Where an object store answers, and how a bucket stands in its URLs.
public struct Endpoint: Equatable, Sendable {
    /// How a bucket stands in a URL.
    public enum Addressing: String, CaseIterable, Sendable {
        /// As a host for Amazon's own endpoints where the name allows it, else in the path.
        case auto
        /// In the path: https://host/bucket/key.
        case path
        /// As a part of the host: https://bucket.host/key.
        case virtual
    }

    private let scheme: Substring
    private let host: Substring
    /// What stands before bucket and key in every path: "" or "/minio".
    private let root: Substring
    private let addressing: Addressing
    private let isAmazon: Bool

    /// Amazon S3 in a region.
    init(region: String, addressing: Addressing) {
        scheme = "https"
        host = "s3.\(region).\(Endpoint.amazonDomain(region: region))"
        root = ""
        self.addressing = addressing
        isAmazon = true
    }

    /// A store at a URL: "http://127.0.0.1:9000".
    /// - Throws: An `ObjectStoreError` that names the option or the file with the URL and says what is wrong with it.
    init(url: String, from source: String, addressing: Addressing) throws(ObjectStoreError) {
        func failure(_ problem: String) -> ObjectStoreError {
            ObjectStoreError(place: source, reason: "\(problem), such as http://127.0.0.1:9000")
        }
        // By scalars, as curl and servers read it: a combining mark after it makes another character of "@", but no other URL.
        let scalars = url.unicodeScalars
        guard let scheme = ["http", "https"].first(where: { scalars.starts(with: ($0 + "://").unicodeScalars) }) else {
            throw failure("must be a URL that begins with http:// or https://")
        }
        let rest = scalars.dropFirst(scheme.count + 3)
        // Not shown: what stands before an "@" can be a password.
        guard !rest.contains("@") else { throw failure("must be a URL without a user name and password") }
        guard JSON.isVisible(url), !rest.contains(where: { $0.properties.isWhitespace || $0 == "?" || $0 == "#" || $0 == "\\" })
        else {
            throw failure("must be a URL without spaces, '?', '#' and '\\'")
        }
        let host = rest.prefix { $0 != "/" }
        guard !host.isEmpty else { throw failure("must be a URL with a host") }
        self.scheme = scheme[...]
        self.host = Substring(host)
        var root = rest.dropFirst(host.count)
        while root.last == "/" { root.removeLast() }
        self.root = Substring(root)
        self.addressing = addressing
        isAmazon = false
    }

    /// What the names of Amazon's hosts end in.
    static func amazonDomain(region: String) -> String { region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com" }

    /// What messages call it.
    var name: String { "\(scheme)://\(host)\(root)" }

    /// The URL of an object.
    func url(of place: ObjectURL) -> String {
        let key = PercentEncoding.encoded(place.key, keepsSlashes: true)
        return isHosted(place.bucket)
            ? "\(scheme)://\(place.bucket).\(host)\(root)/\(key)" : "\(scheme)://\(host)\(root)/\(place.bucket)/\(key)"
    }

    private func isHosted(_ bucket: String) -> Bool {
        switch addressing {
        case .path: false
        case .virtual: true
        // A dot would make a host that no certificate of Amazon's covers, and a host has no capitals and underscores.
        case .auto: isAmazon && bucket.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }
        }
    }
}
