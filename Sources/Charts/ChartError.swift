/// Why a chart cannot be drawn of what was given.
public struct ChartError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, and with which value: "bar 'n = 5': the value must be finite, found nan".
    public let description: String

    init(_ description: String) { self.description = description }
}
