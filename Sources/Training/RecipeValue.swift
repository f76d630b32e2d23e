import StrictJSON

/// What a setting of a recipe can be: it writes itself to JSON, reads itself from there and knows its own limits.
protocol RecipeValue: Sendable {
    /// The value as run records hold it.
    var json: JSON { get }

    /// Takes the field of a key; where there is none, the value stays.
    static func take(_ key: String, from fields: inout JSONFields, keeping own: Self) throws(JSONFieldError) -> Self

    /// Checks the parts of a value that has parts.
    /// - Parameters:
    ///   - recipe: The recipe that the value belongs to.
    ///   - classes: The number of classes of the data.
    func check(in recipe: Recipe, classes: Int) throws(RecipeError)
}

extension RecipeValue {
    func check(in recipe: Recipe, classes: Int) throws(RecipeError) {}
}

extension RecipeValue where Self: JSONFieldValue {
    static func take(_ key: String, from fields: inout JSONFields, keeping own: Self) throws(JSONFieldError) -> Self {
        try fields.take(key, default: own)
    }
}

extension Bool: RecipeValue {
    var json: JSON { .bool(self) }
}

extension Int: RecipeValue {
    var json: JSON { .integer(self) }
}

extension Double: RecipeValue {
    var json: JSON { .number(self) }
}

extension UInt64: RecipeValue {
    var json: JSON { .integer(Int(self)) }

    static func take(_ key: String, from fields: inout JSONFields, keeping own: UInt64) throws(JSONFieldError) -> UInt64 {
        guard let value = UInt64(exactly: try fields.take(key, default: Int(own))) else {
            throw fields.failure(key, mustBe: "a whole number of 0 or more")
        }
        return value
    }
}

/// Nothing is `null`, which leaves a recipe as it is.
extension Optional: RecipeValue where Wrapped: RecipeValue & JSONFieldValue {
    var json: JSON { map(\.json) ?? .null }

    static func take(_ key: String, from fields: inout JSONFields, keeping own: Wrapped?) throws(JSONFieldError) -> Wrapped? {
        try fields.takeIfPresent(key, as: Wrapped.self) ?? own
    }
}

/// One of several kinds, each with settings of its own: an object in JSON.
protocol RecipeChoice: RecipeValue {
    /// Reads the object.
    init(json: JSON, context: String) throws(JSONFieldError)
}

extension RecipeChoice {
    static func take(_ key: String, from fields: inout JSONFields, keeping own: Self) throws(JSONFieldError) -> Self {
        guard let choice = try fields.takeIfPresent(key, as: JSON.self) else { return own }
        return try Self(json: choice, context: "\(fields.context), \(key)")
    }
}
