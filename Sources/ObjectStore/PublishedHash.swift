import Platform

/// A SHA-256 as tools write it into an object's metadata.
enum PublishedHash {
    /// The hash as 64 hexadecimal digits in lower case, of hexadecimal digits in either case or of base64 (RFC 4648, also with the
    /// alphabet for URLs, with or without padding); nil for a text that is no SHA-256 in any of these forms.
    static func hex(of text: String) -> String? {
        let lower = text.lowercased()
        if SHA256.isHex(lower) { return lower }
        // 32 bytes are 43 digits and one of padding.
        let padding = text.utf8.count == 43 ? "=" : ""
        let standard = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let digest = Base64.decoded(standard), digest.count == 32 else { return nil }
        return SHA256.hex(ofDigest: digest)
    }
}
