/// A JSON value (RFC 8259).
///
/// Whole numbers and numbers with a fraction or an exponent are kept apart: `1` is an `integer`, `1.0` and `1e0` are a `number`,
/// and the two are not equal. `parse` and `serialized` keep the distinction both ways.
public enum JSON: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without a fraction and an exponent.
    case integer(Int)
    /// A number with a fraction or an exponent.
    case number(Double)
    /// A text.
    case string(String)
    /// Values in order.
    case array([JSON])
    /// Members by name, in order.
    case object(JSONObject)

    /// A number that is written with the fewest digits that give the same `Float` back: 0.1, not 0.10000000149011612.
    public static func float(_ value: Float) -> JSON {
        .number(Double(value.description) ?? Double(value))
    }
}

/// The members of a JSON object, in order.
public typealias JSONObject = OrderedMap<JSON>

extension JSON {
    /// The whole number, or nil for anything else (also for `1.0`).
    public var asInt: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number, a whole one widened, or nil for anything else.
    public var asDouble: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The text, or nil for anything else.
    public var asString: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The truth value, or nil for anything else.
    public var asBool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, or nil for anything else.
    public var asArray: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, or nil for anything else.
    public var asObject: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The value of a key when this is an object that has it, or nil.
    public subscript(key: String) -> JSON? { asObject?[key] }
}

extension JSON: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}

extension JSON: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSON: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .number(value) }
}

extension JSON: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    /// An object written out.
    /// - Precondition: no key is written twice.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var object = JSONObject()
        for (key, value) in elements {
            precondition(object[key] == nil, "the key '\(key)' is written twice")
            object.set(key, value)
        }
        self = .object(object)
    }
}
