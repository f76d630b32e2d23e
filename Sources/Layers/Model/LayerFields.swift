import StrictJSON

/// The fields of a layer in a model file, taken one by one; what is not taken is an error.
public struct LayerFields {
    private var fields: JSONFields
    /// The kinds that branches may be of.
    let kinds: LayerKinds

    init(_ fields: JSONFields, kinds: LayerKinds) {
        self.fields = fields
        self.kinds = kinds
    }

    /// Where the layer stands, as errors begin: "layer 2 (Conv1D)".
    public internal(set) var context: String {
        get { fields.context }
        set { fields.context = newValue }
    }

    /// Takes a field that must be there.
    /// - Throws: A `JSONFieldError` that names the layer and the field.
    public mutating func take<Value: JSONFieldValue>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(JSONFieldError) -> Value {
        try fields.take(key, as: type)
    }

    /// Takes a field, or its default when it is not there.
    /// - Throws: A `JSONFieldError` when it is of another kind.
    public mutating func take<Value: JSONFieldValue>(
        _ key: String, default fallback: Value
    ) throws(JSONFieldError) -> Value {
        try fields.take(key, default: fallback)
    }

    /// Takes one of an enumeration's names.
    /// - Throws: A `JSONFieldError` that lists them.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default fallback: Choice
    ) throws(JSONFieldError) -> Choice where Choice.RawValue == String {
        try fields.choice(key, default: fallback)
    }

    /// The largest extent a model file may ask for: keeps every product of extents within an `Int`.
    static let largestSize = 65_536

    /// Takes a whole number of 1 ... 65,536.
    /// - Throws: A `JSONFieldError` for any other.
    public mutating func size(_ key: String, default fallback: Int? = nil) throws(JSONFieldError) -> Int {
        try fields.size(key, default: fallback)
    }

    /// Takes lists of layers, as `Concatenate` has them.
    /// - Throws: A `JSONFieldError` that names the branch, the layer and the field.
    mutating func branches(_ key: String) throws(JSONFieldError) -> [Sequential] {
        var branches: [Sequential] = []
        for (index, branch) in try fields.take(key, as: [JSON].self).enumerated() {
            branches.append(Sequential(try kinds.list(branch, context: "\(context), branch \(index + 1)")))
        }
        return branches
    }

    /// The error for a field whose kind is right but whose value is not: "'filters' must be at least 1, found 0".
    public func failure(_ key: String, mustBe requirement: String) -> JSONFieldError {
        fields.failure(key, mustBe: requirement)
    }

    func finish() throws(JSONFieldError) {
        try fields.finish()
    }
}

extension JSONFields {
    /// Takes a whole number of 1 ... 65,536.
    mutating func size(_ key: String, default fallback: Int? = nil) throws(JSONFieldError) -> Int {
        let value = if let fallback { try take(key, default: fallback) } else { try take(key, as: Int.self) }
        guard value >= 1, value <= LayerFields.largestSize else {
            throw failure(key, mustBe: "a whole number of 1 to \(LayerFields.largestSize)")
        }
        return value
    }
}
