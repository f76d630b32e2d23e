import ArgumentParser

/// A size as people write it: "0", "500MiB", "1.5GiB"; in bytes.
public struct ByteLimit: Equatable, Sendable {
    /// The size in bytes.
    public let bytes: Int

    /// Reads a size.
    /// - Throws: A `ValidationError` unless the text is 0, or a number with the unit KiB, MiB or GiB.
    public init(_ text: String) throws {
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)]
        let unit = units.first { text.hasSuffix($0.0) }
        let number = Double(unit == nil ? text : String(text.dropLast(3)))
        guard let number, number == 0 || (unit != nil && number > 0 && number < 1e6) else {
            throw ValidationError("give a size such as 500MiB or 2GiB, or 0")
        }
        bytes = Int(number * Double(1 << (unit?.1 ?? 0)))
    }
}
