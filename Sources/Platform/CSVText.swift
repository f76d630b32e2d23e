/// Cells of comma-separated values (RFC 4180).
public enum CSVText {
    /// A text as a cell: in quotes where a comma, a quote or a line end in it would move what follows.
    ///
    /// By scalars, as every reader of the file takes it: a combining mark after a comma makes another character of it, but no other cell.
    public static func cell(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
        return "\"" + String(scalars.replacing("\"".unicodeScalars, with: "\"\"".unicodeScalars)) + "\""
    }
}
