import Platform

/// A secret that clients show in the field Authorization.
struct BearerToken: Sendable {
    private let bytes: [UInt8]

    /// Reads a token from a file; white space at its end is not part of it.
    /// - Throws: A `FileError`, or a `ServingError` for a file without a token.
    init(reading path: String) throws {
        var bytes = try Files.read(path, limit: 1 << 16)
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ServingError("\(path) must hold a token of visible ASCII characters")
        }
        self.bytes = bytes
    }

    /// Whether a field Authorization shows the token. Takes as long for every wrong token of the same length.
    func isShown(in field: String?) -> Bool {
        guard let field, field.prefix(7).lowercased() == "bearer " else { return false }
        let shown = Array(field.dropFirst(7).utf8)
        var difference = UInt8(shown.count == bytes.count ? 0 : 1)
        for (index, byte) in shown.enumerated() { difference |= byte ^ bytes[index % bytes.count] }
        return difference == 0
    }
}
