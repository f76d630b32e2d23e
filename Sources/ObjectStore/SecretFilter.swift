import StrictJSON

/// Hides what went out as a secret from texts that came back: everything that a server said passes through here before it is shown.
///
/// A server may repeat a secret as it is, in another letter case, escaped for a URL, XML or JSON, or in part. So what is compared is what a
/// text spells, and a part is enough: eight bytes in a row of a secret, or all of a shorter one.
struct SecretFilter: Sendable {
    /// In lower case.
    private let secrets: [[UInt8]]

    /// The shortest part of a secret that is hidden, in bytes.
    private static let shortestPart = 8
    /// What is looked at of a text, in bytes: more than is ever shown.
    private static let longestText = 4096

    init(_ secrets: [String]) {
        self.secrets = secrets.filter { !$0.isEmpty }.map { $0.utf8.map(SecretFilter.lowercased) }
    }

    /// The beginning of a text with "***" in place of every secret, fit for an error message.
    /// - Parameter limit: The most characters that are kept.
    func shown(_ text: String, limit: Int = 160) -> String {
        // Hidden first: a secret that is cut short would not be found.
        JSON.excerpt(of: hiding(text), limit: limit)
    }

    /// The beginning of a text with "***" in place of every secret.
    func hiding(_ text: String) -> String {
        let bytes = Array(text.utf8.prefix(SecretFilter.longestText))
        let units = SecretFilter.units(bytes)
        let spelled = units.map(\.value)
        var result: [UInt8] = []
        var position = 0
        while position < units.count {
            let length = longestPart(of: spelled[position...])
            if length > 0 {
                result += Array("***".utf8)
                position += length
            } else {
                result += bytes[units[position].range]
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// How much of the beginning of a text is a secret or a part of one that is long enough; 0 for none.
    private func longestPart(of text: ArraySlice<UInt8>) -> Int {
        var longest = 0
        for secret in secrets {
            let enough = min(SecretFilter.shortestPart, secret.count)
            for start in 0...(secret.count - enough) where secret[start] == text.first {
                let length = zip(text, secret[start...]).prefix { $0 == $1 }.count
                if length >= enough { longest = max(longest, length) }
            }
        }
        return longest
    }

    // MARK: What a text spells

    /// A byte that a text spells, in lower case, and the bytes that spell it.
    private struct Unit {
        let value: UInt8
        let range: Range<Int>
    }

    private static func units(_ bytes: [UInt8]) -> [Unit] {
        var units: [Unit] = []
        var position = 0
        while position < bytes.count {
            let (value, length) = escape(bytes[position...]) ?? (bytes[position], 1)
            units.append(Unit(value: lowercased(value), range: position..<position + length))
            position += length
        }
        return units
    }

    /// The byte of an escape at the beginning of a text, and the escape's length: %2B, %252B, &#43; &#x2B; &amp; \u002B, \/.
    private static func escape(_ text: ArraySlice<UInt8>) -> (value: UInt8, length: Int)? {
        switch text.first {
        case UInt8(ascii: "%"):
            // Escaped more than once, the sign itself is escaped: %25.
            var rest = text.dropFirst()
            while rest.count > 2, rest.starts(with: "25".utf8) { rest = rest.dropFirst(2) }
            return number(rest.prefix(2), radix: 16).map { ($0, rest.startIndex + 2 - text.startIndex) }
        case UInt8(ascii: "\\"):
            let rest = text.dropFirst()
            guard rest.first == UInt8(ascii: "u") else { return rest.first.map { ($0, 2) } }
            return number(rest.dropFirst().prefix(4), radix: 16).map { ($0, 6) }
        case UInt8(ascii: "&"):
            guard let end = text.prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let scalar = XMLText.scalar(ofEntity: text[(text.startIndex + 1)..<end]), scalar.isASCII
            else { return nil }
            return (UInt8(scalar.value), end + 1 - text.startIndex)
        default: return nil
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> UInt8? {
        digits.count >= 2 ? UInt8(String(decoding: digits, as: UTF8.self), radix: radix) : nil
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
