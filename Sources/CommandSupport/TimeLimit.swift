import ArgumentParser

/// A length of time as people write it: "90", "90s", "30m", "2h", "1.5h"; in seconds.
public struct TimeLimit: Equatable, Sendable {
    /// The time in seconds.
    public let seconds: Double

    /// Reads a time.
    /// - Throws: A `ValidationError` unless the text is a number above 0 with or without a unit.
    public init(_ text: String) throws {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let unit = text.last.flatMap { units[$0] }
        guard let value = Double(unit == nil ? text : String(text.dropLast())), value > 0, value.isFinite else {
            throw ValidationError("give a time above 0, such as 90s, 30m or 2h")
        }
        seconds = value * (unit ?? 1)
    }
}
