/// Text that is not JSON: where, what was expected there, and what was found.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column in characters (Unicode scalars), from 1.
    public let column: Int
    /// What would have been right: "a value", "',' or '}'" ...
    public let expected: String
    /// What is there: "'x'", "the end of the text" ...
    public let found: String

    /// An error at a place of the text.
    public init(line: Int, column: Int, expected: String, found: String) {
        self.line = line
        self.column = column
        self.expected = expected
        self.found = found
    }

    /// The place, what was expected there and what was found.
    public var description: String { "line \(line), column \(column): expected \(expected), found \(found)" }
}
