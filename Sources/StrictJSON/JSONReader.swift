/// Reads JSON text value by value, strictly as `JSON.parse` does, where not all of it is wanted as a tree.
///
/// Stands before the first value at the beginning.
public struct JSONReader {
    /// The text.
    public let bytes: [UInt8]
    /// The next byte to read.
    public var position = 0
    private var depth = 0

    /// A reader that has read nothing yet.
    /// - Throws: A `JSONError` where the text is not UTF-8.
    public init(_ bytes: [UInt8]) throws(JSONError) {
        self.bytes = bytes
        let invalid: Int
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            skipWhitespace()
            return
        } catch {
            invalid = error.byteOffsets.lowerBound
        }
        let hex = String(bytes[invalid], radix: 16, uppercase: true)
        throw failure("UTF-8 text", found: "the byte 0x\(hex)", at: invalid)
    }

    /// Checks that nothing but white space is left.
    /// - Throws: A `JSONError` otherwise.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard position == bytes.count else { throw failure("the end of the text") }
    }

    /// Reads an object: the body is called before the value of each member, in order, and reads that value.
    /// - Throws: A `JSONError` for what is no object or has a key twice, and what the body throws.
    public mutating func members(_ body: (_ key: String, _ reader: inout JSONReader) throws -> Void) throws {
        guard peek == UInt8(ascii: "{") else { throw failure("an object") }
        try descend()
        defer { depth -= 1 }
        if skip("}") { return }
        var keys: Set<String> = []
        while true {
            let key = try key(first: keys.isEmpty) { keys.contains($0) }
            keys.insert(key)
            try body(key, &self)
            skipWhitespace()
            if skip("}") { return }
            guard skip(",") else { throw failure("',' or '}'") }
            skipWhitespace()
        }
    }

    /// Reads an array: the body is called before each element, in order, and reads it.
    /// - Throws: A `JSONError` for what is no array, and what the body throws.
    public mutating func elements(_ body: (_ reader: inout JSONReader) throws -> Void) throws {
        guard peek == UInt8(ascii: "[") else { throw failure("an array") }
        try descend()
        defer { depth -= 1 }
        if skip("]") { return }
        while true {
            try body(&self)
            skipWhitespace()
            if skip("]") { return }
            guard skip(",") else { throw failure("',' or ']'") }
            skipWhitespace()
        }
    }

    /// Reads any value.
    /// - Throws: A `JSONError` where there is none.
    public mutating func value() throws(JSONError) -> JSON {
        switch peek {
        case UInt8(ascii: "{"):
            try descend()
            defer { depth -= 1 }
            return .object(try object())
        case UInt8(ascii: "["):
            try descend()
            defer { depth -= 1 }
            return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"): return try number()
        case _ where isDigit(peek): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw failure("a value")
        }
    }

    /// Steps over an opening bracket, one level deeper.
    private mutating func descend() throws(JSONError) {
        guard depth < JSON.maximumDepth else {
            throw failure("at most \(JSON.maximumDepth) levels of arrays and objects", found: "one more")
        }
        depth += 1
        position += 1
        skipWhitespace()
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        var result = JSONObject()
        if skip("}") { return result }
        while true {
            let key = try key(first: result.isEmpty) { result[$0] != nil }
            result.set(key, try value())
            skipWhitespace()
            if skip("}") { return result }
            guard skip(",") else { throw failure("',' or '}'") }
            skipWhitespace()
        }
    }

    /// Reads a key of an object and steps to its value.
    /// - Parameters:
    ///   - isFirst: Whether the object may end here.
    ///   - isKnown: Whether the object has had a key.
    private mutating func key(first isFirst: Bool, isKnown: (String) -> Bool) throws(JSONError) -> String {
        guard peek == UInt8(ascii: "\"") else { throw failure(isFirst ? "a key or '}'" : "a key") }
        let start = position
        let key = try string()
        guard !isKnown(key) else {
            throw failure("every key once", found: "the key \(JSON.string(key).excerpt) again", at: start)
        }
        skipWhitespace()
        guard skip(":") else { throw failure("':'") }
        skipWhitespace()
        return key
    }

    private mutating func array() throws(JSONError) -> [JSON] {
        var result: [JSON] = []
        if skip("]") { return result }
        while true {
            result.append(try value())
            skipWhitespace()
            if skip("]") { return result }
            guard skip(",") else { throw failure("',' or ']'") }
            skipWhitespace()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("'\(word)'") }
        position += word.utf8.count
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        var isWhole = true
        _ = skip("-")
        if skip("0") {
            guard !isDigit(peek) else { throw failure("no digit after a leading zero") }
        } else {
            try digits()
        }
        if skip(".") {
            isWhole = false
            try digits()
        }
        if skip("e") || skip("E") {
            isWhole = false
            _ = skip("+") || skip("-")
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // "-0" stays a floating-point number: a whole zero has no sign.
        if isWhole && text != "-0" {
            guard let value = Int(text) else {
                throw failure("a whole number of at most 64 bits", found: JSON.excerpt(of: text), at: start)
            }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw failure("a number that fits in 64-bit floating point", found: JSON.excerpt(of: text), at: start)
        }
        return .number(value)
    }

    private mutating func digits() throws(JSONError) {
        guard isDigit(peek) else { throw failure("a digit") }
        while isDigit(peek) { position += 1 }
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        var text = ""
        var start = position
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                text += String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text += String(decoding: bytes[start..<position], as: UTF8.self)
                text.unicodeScalars.append(try escape())
                start = position
            case 0..<0x20:
                throw failure("a control character as an escape")
            default:
                position += 1
            }
        }
        throw failure("'\"'")
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let byte = peek else { throw failure("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            position -= 1
            throw failure("one of \" \\ / b f n r t u after a backslash")
        }
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
        // What is not a scalar is a surrogate: a high one and a low one after it make one scalar together.
        let pair = "a high surrogate escape followed by a low one"
        guard UTF16.isLeadSurrogate(unit), skip("\\"), skip("u") else {
            throw failure(pair, found: "a lone surrogate", at: start)
        }
        let second = try hexUnit()
        guard UTF16.isTrailSurrogate(second) else { throw failure(pair, found: "a lone surrogate", at: start) }
        return UTF16.decode(UTF16.EncodedScalar([unit, second]))
    }

    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw failure("a hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    // MARK: Bytes and errors

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// The error at an offset, by default the current one; without `found` it says which character is there.
    public func failure(_ expected: String, found: String? = nil, at offset: Int? = nil) -> JSONError {
        let offset = offset ?? position
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(
            line: 1 + before.count { $0 == 0x0A },
            // Continuation bytes of UTF-8 begin no character.
            column: 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 },
            expected: expected,
            found: found ?? character(at: offset))
    }

    private func character(at offset: Int) -> String {
        let text = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
        guard let scalar = text.unicodeScalars.first else { return "the end of the text" }
        switch scalar {
        case "\n", "\r": return "a line break"
        case "\t": return "a tab"
        case "\u{FEFF}": return "a byte order mark"
        default:
            let isControl = scalar.properties.generalCategory == .control
            return isControl ? "the control character U+" + String(scalar.value, radix: 16, uppercase: true) : "'\(scalar)'"
        }
    }
}
