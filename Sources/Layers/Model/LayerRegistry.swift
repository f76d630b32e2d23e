import StrictJSON

/// The vocabulary of model files: which layers there are, by their kind.
public enum LayerRegistry {
    /// A kind of layer and how to read one.
    struct Entry: Sendable {
        let kind: String
        let read: @Sendable (inout JSONFields) throws(JSONFieldError) -> any Layer

        init<Kind: Layer>(_ type: Kind.Type) {
            kind = type.kind
            read = { fields throws(JSONFieldError) in try Kind(fields: &fields) }
        }
    }

    /// The layers that a model file can name.
    static let entries: [Entry] = [
        Entry(Conv1D.self), Entry(MaxPool1D.self), Entry(AveragePool1D.self), Entry(GlobalAveragePool1D.self),
        Entry(Dense.self), Entry(LSTM.self), Entry(Dropout.self), Entry(ReLU.self), Entry(Tanh.self), Entry(Sigmoid.self),
        Entry(Flatten.self), Entry(BatchNorm1D.self), Entry(Concatenate.self),
    ]

    /// The kinds that a model file can name; all of them can be exported.
    package static var kinds: [String] { entries.map(\.kind) }

    /// How deep branches may stand in branches.
    static let maximumDepth = 8
    /// How many layers a description may have, those in branches included.
    static let maximumCount = 1000

    /// Reads a list of layers: [{"layer": "Conv1D", "filters": 18, "kernel": 2}, ...].
    /// - Parameter context: Where the list stands, as errors begin.
    /// - Throws: A `JSONFieldError` that names the layer and the field.
    public static func layers(_ json: JSON, context: String) throws(JSONFieldError) -> [any Layer] {
        let extent = extent(json)
        guard extent.depth <= maximumDepth else {
            throw JSONFieldError(context: context, problem: "branches stand more than \(maximumDepth) deep in branches")
        }
        guard extent.count <= maximumCount else {
            throw JSONFieldError(context: context, problem: "has \(extent.count) layers, the most are \(maximumCount)")
        }
        return try list(json, context: context)
    }

    /// The number of layers, and how deep branches stand in branches.
    private static func extent(_ json: JSON) -> (count: Int, depth: Int) {
        var (count, depth) = (0, 0)
        for layer in json.asArray ?? [] {
            count += 1
            for branch in layer["branches"]?.asArray ?? [] {
                let within = extent(branch)
                count += within.count
                depth = max(depth, within.depth + 1)
            }
        }
        return (count, depth)
    }

    /// Reads the layers of a branch, whose extent has been checked with the whole.
    static func list(_ json: JSON, context: String) throws(JSONFieldError) -> [any Layer] {
        guard let list = json.asArray else {
            throw JSONFieldError(context: context, problem: "must be a list of layers")
        }
        var layers: [any Layer] = []
        for (index, entry) in list.enumerated() {
            let place = (context.isEmpty ? "" : context + ", ") + "layer \(index + 1)"
            layers.append(try layer(entry, context: place))
        }
        return layers
    }

    private static func layer(_ json: JSON, context: String) throws(JSONFieldError) -> any Layer {
        var fields = try JSONFields(json, context: context)
        let kind = try fields.take("layer", as: String.self)
        guard let entry = entries.first(where: { $0.kind == kind }) else {
            throw fields.failure("layer", mustBe: "one of " + kinds.joined(separator: ", "))
        }
        fields.context = "\(context) (\(kind))"
        let name = try fields.take("name", default: "")
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }), name.utf8.count <= 64
        else {
            throw fields.failure("name", mustBe: "at most 64 letters, digits, '_' and '-'")
        }
        var layer = try entry.read(&fields)
        try fields.finish()
        layer.name = name
        return layer
    }

    /// A layer as an object of a model file.
    public static func json(_ layer: any Layer) -> JSON {
        var object: JSONObject = ["layer": .string(type(of: layer).kind)]
        if !layer.name.isEmpty { object.set("name", .string(layer.name)) }
        for member in layer.fields.members { object.set(member.key, member.value) }
        return .object(object)
    }
}
