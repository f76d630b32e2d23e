extension JSON {
    /// The value as JSON text: the same value gives the same text, always.
    ///
    /// Doubles are written with the fewest digits that read back as the same number; infinities and NaN, which JSON does not
    /// have, are written as `null`. Members keep their order. Characters outside ASCII are written as they are.
    /// - Parameter pretty: one member a line, indented by two spaces, with arrays of plain values on one line; otherwise no
    ///   space at all. No line break at the end either way.
    public func serialized(pretty: Bool = false) -> String {
        var text: [UInt8] = []
        write(to: &text, indentation: pretty ? 0 : nil)
        return String(decoding: text, as: UTF8.self)
    }

    /// Adds the value's text, without any space, to other text in UTF-8.
    public func serialize(onto text: inout [UInt8]) { write(to: &text, indentation: nil) }

    /// The beginning of the value's text, short enough for an error message.
    var excerpt: String { JSON.excerpt(of: serialized()) }

    /// The beginning of a text that comes from a file, fit for an error message: short, on one line, and every character that is
    /// not to be seen (control characters, byte order marks, marks of direction) by its number: `\u{1B}`.
    /// - Parameter limit: The most characters that are kept.
    public static func excerpt(of text: String, limit: Int = 40) -> String {
        var parts: [String] = []
        for scalar in text.unicodeScalars {
            guard parts.count < limit else { return parts.prefix(limit - 3).joined() + "..." }
            parts.append(isVisible(scalar) ? String(scalar) : "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}")
        }
        return parts.joined()
    }

    /// Whether a text shows all of itself on one line: no control characters, no line breaks, no marks of direction.
    public static func isVisible(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isVisible) }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
        default: true
        }
    }

    private func write(to text: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: text += "null".utf8
        case .bool(let value): text += (value ? "true" : "false").utf8
        case .integer(let value): text += String(value).utf8
        case .number(let value): text += (value.isFinite ? value.description : "null").utf8
        case .string(let value): JSON.serialize(value, onto: &text)
        case .array(let elements):
            let isFlat = !elements.contains { $0.asArray != nil || $0.asObject != nil }
            JSON.write(elements, "[", "]", isFlat: isFlat, to: &text, indentation: indentation) { element, text, inner in
                element.write(to: &text, indentation: inner)
            }
        case .object(let object):
            JSON.write(object.members, "{", "}", isFlat: false, to: &text, indentation: indentation) { member, text, inner in
                JSON.serialize(member.key, onto: &text)
                text += (indentation == nil ? ":" : ": ").utf8
                member.value.write(to: &text, indentation: inner)
            }
        }
    }

    /// Writes a bracketed list; `indentation` is nil for compact text.
    private static func write<Item>(
        _ items: [Item], _ open: String, _ close: String, isFlat: Bool, to text: inout [UInt8], indentation: Int?,
        _ item: (Item, inout [UInt8], Int?) -> Void
    ) {
        text += open.utf8
        let inner = indentation.map { $0 + 2 }
        let separator =
            switch inner {
            case nil: ","
            case .some where isFlat: ", "
            case .some: ","
            }
        for (index, element) in items.enumerated() {
            if index > 0 { text += separator.utf8 }
            if let inner, !isFlat { breakLine(&text, inner) }
            item(element, &text, inner)
        }
        if let indentation, !isFlat, !items.isEmpty { breakLine(&text, indentation) }
        text += close.utf8
    }

    private static func breakLine(_ text: inout [UInt8], _ indentation: Int) {
        text.append(UInt8(ascii: "\n"))
        text += repeatElement(UInt8(ascii: " "), count: indentation)
    }

    /// Adds a text as JSON writes it, between quotes and with escapes, to other text in UTF-8.
    public static func serialize(_ value: String, onto text: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        text.append(quote)
        defer { text.append(quote) }
        // Most texts have nothing that is written as an escape.
        let isPlain = value.utf8.allSatisfy { $0 >= 0x20 && $0 != quote && $0 != UInt8(ascii: "\\") }
        guard !isPlain else {
            text += value.utf8
            return
        }
        for byte in value.utf8 {
            switch byte {
            case quote: text += "\\\"".utf8
            case UInt8(ascii: "\\"): text += "\\\\".utf8
            case 0x08: text += "\\b".utf8
            case 0x0C: text += "\\f".utf8
            case UInt8(ascii: "\n"): text += "\\n".utf8
            case UInt8(ascii: "\r"): text += "\\r".utf8
            case UInt8(ascii: "\t"): text += "\\t".utf8
            case 0..<0x20:
                text += (byte < 0x10 ? "\\u000" : "\\u00").utf8
                text += String(byte, radix: 16).utf8
            default: text.append(byte)
            }
        }
    }
}
