import StrictJSON

extension JSONFields {
    /// The largest extent a model file may ask for: keeps every product of extents within an `Int`.
    static let largestSize = 65_536

    /// Takes a whole number of 1 ... 65,536.
    mutating func size(_ key: String, default fallback: Int? = nil) throws(JSONFieldError) -> Int {
        let value = if let fallback { try take(key, default: fallback) } else { try take(key, as: Int.self) }
        guard value >= 1, value <= JSONFields.largestSize else {
            throw failure(key, mustBe: "a whole number of 1 to \(JSONFields.largestSize)")
        }
        return value
    }
}
