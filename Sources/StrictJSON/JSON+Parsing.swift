extension JSON {
    /// The deepest nesting of arrays and objects that `parse` accepts; deeper text could exhaust the stack.
    public static let maximumDepth = 64

    /// Reads one JSON value that fills the whole text, strictly as RFC 8259 says.
    ///
    /// Refused besides what the grammar refuses: text that is not UTF-8, a byte order mark, a key that occurs twice in an object,
    /// a lone surrogate escape, nesting deeper than `maximumDepth`, a whole number beyond 64 bits and a number beyond `Double`
    /// (neither could be given back as it was written).
    public static func parse(_ text: [UInt8]) throws(JSONError) -> JSON {
        var reader = try JSONReader(text)
        let value = try reader.value()
        try reader.finish()
        return value
    }

    /// Reads one JSON value that fills the whole text, strictly as RFC 8259 says.
    public static func parse(_ text: String) throws(JSONError) -> JSON {
        try parse(Array(text.utf8))
    }
}
