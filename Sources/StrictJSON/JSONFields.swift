/// Reads the fields of one JSON object strictly: each by name and type, and at the end none may be left over.
///
///     var fields = try JSONFields(json, context: "layer 3 (Conv1D)")
///     let filters = try fields.take("filters", as: Int.self)
///     let stride = try fields.take("stride", default: 1)
///     try fields.finish()
public struct JSONFields: Sendable {
    /// Whose fields these are, as errors begin: "layer 3 (Conv1D)". Can be made more precise while reading.
    public var context: String
    private let object: JSONObject
    private var known: [String] = []

    /// A reader of an object's fields.
    /// - Throws: `JSONFieldError` when the value is not an object.
    public init(_ json: JSON, context: String) throws(JSONFieldError) {
        guard let object = json.asObject else {
            throw JSONFieldError(context: context, problem: "must be an object, found \(json.excerpt)")
        }
        self.object = object
        self.context = context
    }

    /// Takes a field that must be there.
    /// - Throws: `JSONFieldError` when it is missing or of another kind.
    public mutating func take<T: JSONFieldValue>(_ key: String, as type: T.Type = T.self) throws(JSONFieldError) -> T {
        known.append(key)
        guard let json = object[key] else {
            let near = Spelling.closest(to: key, among: object.keys.filter { !known.contains($0) })
            throw JSONFieldError(
                context: context,
                problem: "'\(key)' is missing; it must be \(T.fieldDescription)" + (near.map { " (found '\($0)')" } ?? ""))
        }
        guard let value = T(field: json) else { throw failure(key, mustBe: T.fieldDescription) }
        return value
    }

    /// Takes a field, or its default when it is not there.
    /// - Throws: `JSONFieldError` when it is of another kind.
    public mutating func take<T: JSONFieldValue>(_ key: String, default fallback: T) throws(JSONFieldError) -> T {
        guard object[key] != nil else {
            known.append(key)
            return fallback
        }
        return try take(key)
    }

    /// Takes a field, or nil when it is not there or is `null`.
    /// - Throws: `JSONFieldError` when it is of another kind.
    public mutating func takeIfPresent<T: JSONFieldValue>(
        _ key: String, as type: T.Type = T.self
    ) throws(JSONFieldError) -> T? {
        guard let json = object[key], json != .null else {
            known.append(key)
            return nil
        }
        return try take(key, as: type)
    }

    /// Takes one of an enumeration's names.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default fallback: Choice
    ) throws(JSONFieldError) -> Choice where Choice.RawValue == String {
        let name = try take(key, default: fallback.rawValue)
        guard let choice = Choice(rawValue: name) else {
            throw failure(key, mustBe: "one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return choice
    }

    /// The error for a field whose kind is right but whose value is not: "'filters' must be at least 1, found 0".
    public func failure(_ key: String, mustBe requirement: String) -> JSONFieldError {
        let found = object[key]?.excerpt ?? "nothing"
        return JSONFieldError(context: context, problem: "'\(key)' must be \(requirement), found \(found)")
    }

    /// Ends the reading.
    /// - Throws: `JSONFieldError` when the object has fields that were never asked for: which, which are known, and which known
    ///   one was probably meant.
    public func finish() throws(JSONFieldError) {
        let unknown = object.keys.filter { !known.contains($0) }
        guard !unknown.isEmpty else { return }
        let mentioned = 5
        var named = unknown.prefix(mentioned).map { key in
            let near = Spelling.closest(to: key, among: known)
            return "'\(JSON.excerpt(of: key))'" + (near.map { " (did you mean '\($0)'?)" } ?? "")
        }
        if unknown.count > mentioned { named.append("and \(unknown.count - mentioned) more") }
        let noun = unknown.count == 1 ? "field" : "fields"
        let choice = known.isEmpty ? "no fields are known here" : "known: " + known.map { "'\($0)'" }.joined(separator: ", ")
        throw JSONFieldError(context: context, problem: "unknown \(noun) \(named.joined(separator: ", ")); \(choice)")
    }
}
