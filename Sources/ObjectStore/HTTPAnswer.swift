import Platform

/// What has come of an answer so far, while it comes.
///
/// The status decides what becomes of the body. That of a 200 is content: whole or an error. That of anything else says what went wrong, or
/// nothing: its first page is enough, and the rest is not waited for.
final class HTTPAnswer {
    /// Why the request was ended from here.
    enum End {
        /// The status and the beginning of the body are all that was wanted.
        case enough
        case contentTooLong(limit: Int)
        case headerTooLong
    }

    private(set) var status = 0
    private(set) var headers: [String: String] = [:]
    private(set) var body: [UInt8] = []
    private(set) var end: End?
    /// Whether the blank line after the last header has come.
    private var isHeaderWhole = false
    private var headerSize = 0
    private let contentLimit: Int?

    /// The most bytes of a body that is no content.
    private static let pageSize = 1 << 16
    /// The most bytes of all headers, those of interim answers too; libcurl before 8.3 takes any number.
    static let headerLimit = 1 << 18
    /// The most bytes of content whose length the server does not announce, as every S3 does.
    static let unannouncedLimit = 1 << 26

    /// - Parameter contentLimit: The most bytes of the body of a 200, or nil where no answer has content.
    init(contentLimit: Int?) {
        self.contentLimit = contentLimit
    }

    /// Whether the status is final, and no body that is still to come changes what it says.
    var isDecided: Bool { isHeaderWhole && status >= 200 && !hasContent }

    var response: HTTPResponse { HTTPResponse(status: status, headers: headers, body: body) }

    private var hasContent: Bool { status == 200 && contentLimit != nil }

    /// Takes a line of the header, with its line end.
    /// - Returns: False to end the request.
    func takeHeader(_ bytes: some Collection<UInt8>) -> Bool {
        headerSize += bytes.count
        guard headerSize <= HTTPAnswer.headerLimit else { return finish(.headerTooLong) }
        if bytes.starts(with: "HTTP/".utf8) {
            // What came before a status line was an interim answer, such as "100 Continue".
            headers = [:]
            isHeaderWhole = false
            let words = bytes.split(separator: UInt8(ascii: " "))
            status = words.count > 1 ? Int(String(decoding: words[1].prefix(3), as: UTF8.self)) ?? 0 : 0
        } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
            headers[name] = String(String(decoding: bytes[bytes.index(after: colon)...], as: UTF8.self).trimmed)
        } else {
            return endHeader()
        }
        return true
    }

    private func endHeader() -> Bool {
        isHeaderWhole = true
        // To another protocol nobody here can speak: what follows is no HTTP.
        if status == 101 { return finish(.enough) }
        guard hasContent, let announced = headers["content-length"].flatMap({ Int($0) }) else { return true }
        guard announced <= limit else { return finish(.contentTooLong(limit: limit)) }
        // Not all of it at once: it is only a claim.
        body.reserveCapacity(min(announced, HTTPAnswer.unannouncedLimit))
        return true
    }

    private var limit: Int {
        guard hasContent, let contentLimit else { return HTTPAnswer.pageSize }
        return headers["content-length"] == nil ? min(contentLimit, HTTPAnswer.unannouncedLimit) : contentLimit
    }

    /// Takes a piece of the body.
    /// - Returns: False to end the request.
    func takeBody(_ bytes: some Collection<UInt8>) -> Bool {
        let room = limit - body.count
        if bytes.count <= room {
            body.append(contentsOf: bytes)
            return true
        }
        guard !hasContent else { return finish(.contentTooLong(limit: limit)) }
        body.append(contentsOf: bytes.prefix(room))
        return finish(.enough)
    }

    private func finish(_ end: End) -> Bool {
        self.end = end
        return false
    }
}
