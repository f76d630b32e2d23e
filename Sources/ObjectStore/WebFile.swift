import Platform
import StrictJSON

/// A file that any web server gives: `https://host/path`.
public struct WebFile: Hashable, Sendable, CustomStringConvertible {
    /// The whole URL.
    public let url: String

    /// Whether a text is meant as a file of a web server, whatever is wrong with it.
    public static func isMeant(by text: String) -> Bool {
        let lower = text.prefix(8).lowercased()
        return lower.hasPrefix("http://") || lower == "https://"
    }

    /// Reads a URL.
    /// - Throws: An `ObjectStoreError` that says what is wrong with it.
    public init(_ url: String) throws(ObjectStoreError) {
        func failure(_ problem: String) -> ObjectStoreError {
            // Not shown: what stands before an "@" can be a password.
            ObjectStoreError(place: "the URL of weights", reason: problem)
        }
        let scalars = url.unicodeScalars
        guard let scheme = ["http://", "https://"].first(where: { scalars.starts(with: $0.unicodeScalars) }) else {
            throw failure("must begin with http:// or https://")
        }
        let host = scalars.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !host.contains("@") else { throw failure("must have no user name and password") }
        guard !host.isEmpty, JSON.isVisible(url), !scalars.contains(where: { $0.properties.isWhitespace || $0 == "\\" }) else {
            throw failure("must have a host, and no spaces and '\\'")
        }
        self.url = url
    }

    /// The URL without its query, which can be a signature.
    public var description: String { String(url.prefix { $0 != "?" && $0 != "#" }) }

    /// The last segment of the path.
    public var name: String { description.split(separator: "/").last.map(String.init) ?? "" }

    /// The file that a path leads to from this one's folder.
    public func sibling(_ path: String) throws(ObjectStoreError) -> WebFile {
        let end = description.lastIndex(of: "/").map { description[...$0] } ?? ""
        return try WebFile(end + path)
    }
}

extension ObjectStore {
    /// Reads a file of a web server: without a signature, but within the store's time, and with its certificates.
    /// - Parameter expected: What the reader knows of the file.
    /// - Throws: An `ObjectStoreError`.
    public func read(_ file: WebFile, expecting expected: Expectation) throws(ObjectStoreError) -> Object {
        func failure(_ reason: String, _ status: Int? = nil) -> ObjectStoreError {
            ObjectStoreError(place: "\(file)", reason: reason, status: status)
        }
        guard !configuration.isOffline else { throw failure("is not asked (\(configuration.names.offline))") }
        var request = HTTPRequest(
            method: "GET", url: file.url, certificates: configuration.certificates, isInterrupted: configuration.isInterrupted)
        request.contentLimit = expected.limit
        return try send(request, within: TimeBudget(seconds: configuration.seconds), failure: { failure($0) }) {
            (response) throws(ObjectStoreError) -> RetryPolicy.Attempt<Object> in
            guard response.status != 200 else { return ObjectStore.checked(response, expected) { $0 } }
            let reason =
                (300..<400).contains(response.status)
                ? "the server leads elsewhere (HTTP \(response.status)): give the place that it leads to"
                : "the server answers HTTP \(response.status)"
            guard HTTPResponse.isPassing(response.status) else { throw failure(reason, response.status) }
            return .failed(.passing(reason))
        }
    }
}
