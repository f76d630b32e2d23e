import Platform

/// A SHA-256 as tools write it into an object's metadata.
enum PublishedHash {
    /// The hash as 64 hexadecimal digits in lower case, of hexadecimal digits in either case or of base64 (RFC 4648, with or without
    /// padding); nil for a text that is no SHA-256 in any of these forms.
    static func hex(of text: String) -> String? {
        let lower = text.lowercased()
        if SHA256.isHex(lower) { return lower }
        var (bits, count) = (0, 0)
        var bytes: [UInt8] = []
        for digit in text.utf8.prefix(while: { $0 != UInt8(ascii: "=") }) {
            guard let value = value(ofDigit: digit) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        guard bytes.count == 32, [43, 44].contains(text.utf8.count) else { return nil }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The value of a digit of base64, also of the alphabet for URLs.
    private static func value(ofDigit digit: UInt8) -> Int? {
        switch Unicode.Scalar(digit) {
        case "A"..."Z": Int(digit) - 0x41
        case "a"..."z": Int(digit) - 0x61 + 26
        case "0"..."9": Int(digit) - 0x30 + 52
        case "+", "-": 62
        case "/", "_": 63
        default: nil
        }
    }
}
