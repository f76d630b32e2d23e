/// A type that a field of a configuration can have.
public protocol JSONFieldValue {
    /// What the field must be, as an error says it: "a whole number".
    static var fieldDescription: String { get }

    /// The value that the JSON stands for, or nil when it is of another kind.
    init?(field json: JSON)
}

extension Int: JSONFieldValue {
    public static var fieldDescription: String { "a whole number" }

    public init?(field json: JSON) {
        guard let value = json.asInt else { return nil }
        self = value
    }
}

extension Double: JSONFieldValue {
    public static var fieldDescription: String { "a number" }

    public init?(field json: JSON) {
        guard let value = json.asDouble else { return nil }
        self = value
    }
}

extension Float: JSONFieldValue {
    public static var fieldDescription: String { "a number that fits in 32-bit floating point" }

    public init?(field json: JSON) {
        guard let value = json.asDouble.map(Float.init), value.isFinite else { return nil }
        self = value
    }
}

extension Bool: JSONFieldValue {
    public static var fieldDescription: String { "true or false" }

    public init?(field json: JSON) {
        guard let value = json.asBool else { return nil }
        self = value
    }
}

extension String: JSONFieldValue {
    public static var fieldDescription: String { "a text" }

    public init?(field json: JSON) {
        guard let value = json.asString else { return nil }
        self = value
    }
}

extension JSON: JSONFieldValue {
    public static var fieldDescription: String { "a value" }

    public init?(field json: JSON) { self = json }
}

extension OrderedMap: JSONFieldValue where Value == JSON {
    public static var fieldDescription: String { "an object" }

    public init?(field json: JSON) {
        guard let value = json.asObject else { return nil }
        self = value
    }
}

/// A list is a field when its elements are: `[JSON]`, `[Int]`, `[String]` ...
extension Array: JSONFieldValue where Element: JSONFieldValue {
    public static var fieldDescription: String {
        Element.self == JSON.self ? "a list" : "a list, each element \(Element.fieldDescription)"
    }

    public init?(field json: JSON) {
        guard let elements = json.asArray else { return nil }
        self = []
        reserveCapacity(elements.count)
        for element in elements {
            guard let value = Element(field: element) else { return nil }
            append(value)
        }
    }
}
