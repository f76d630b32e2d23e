import StrictJSON

/// The vocabulary of model files and checkpoints: which kinds of layers there are, by name.
///
/// A value, so that a program adds kinds of its own where it reads and nowhere else:
///
///     let checkpoint = try Checkpoint(reading: "scaled.safetensors", kinds: .standard.adding(Scale.self))
public struct LayerKinds: Sendable {
    /// A kind of layer and how to read one.
    private struct Entry: Sendable {
        let kind: String
        let read: @Sendable (inout LayerFields) throws(JSONFieldError) -> any Layer

        init<Kind: Layer>(_ type: Kind.Type) {
            kind = type.kind
            read = { fields throws(JSONFieldError) in try Kind(fields: &fields) }
        }
    }

    private var entries: [Entry]

    /// The layers of this library.
    public static let standard = LayerKinds(entries: [
        Entry(Conv1D.self), Entry(MaxPool1D.self), Entry(AveragePool1D.self), Entry(GlobalAveragePool1D.self),
        Entry(Dense.self), Entry(LSTM.self), Entry(Dropout.self), Entry(ReLU.self), Entry(Tanh.self), Entry(Sigmoid.self),
        Entry(Flatten.self), Entry(BatchNorm1D.self), Entry(Concatenate.self),
    ])

    /// These kinds and another; one of the same name is replaced.
    public func adding<Kind: Layer>(_ type: Kind.Type) -> LayerKinds {
        LayerKinds(entries: entries.filter { $0.kind != type.kind } + [Entry(type)])
    }

    /// The names of the kinds.
    public var names: [String] { entries.map(\.kind) }

    /// How deep branches may stand in branches.
    static let maximumDepth = 8
    /// How many layers a description may have, those in branches included.
    static let maximumCount = 1000

    /// Reads a list of layers: [{"layer": "Conv1D", "filters": 18, "kernel": 2}, ...].
    /// - Parameter context: Where the list stands, as errors begin.
    /// - Throws: A `JSONFieldError` that names the layer and the field.
    package func layers(_ json: JSON, context: String) throws(JSONFieldError) -> [any Layer] {
        let extent = LayerKinds.extent(json)
        guard extent.depth <= LayerKinds.maximumDepth else {
            throw JSONFieldError(
                context: context, problem: "branches stand more than \(LayerKinds.maximumDepth) deep in branches")
        }
        guard extent.count <= LayerKinds.maximumCount else {
            throw JSONFieldError(
                context: context, problem: "has \(extent.count) layers, the most are \(LayerKinds.maximumCount)")
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
    func list(_ json: JSON, context: String) throws(JSONFieldError) -> [any Layer] {
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

    private func layer(_ json: JSON, context: String) throws(JSONFieldError) -> any Layer {
        var fields = LayerFields(try JSONFields(json, context: context), kinds: self)
        let kind = try fields.take("layer", as: String.self)
        guard let entry = entries.first(where: { $0.kind == kind }) else {
            throw fields.failure("layer", mustBe: "one of " + names.joined(separator: ", "))
        }
        fields.context = "\(context) (\(kind))"
        let name = try fields.take("name", default: "")
        guard name.isEmpty || LayerKinds.isName(name) else {
            throw fields.failure("name", mustBe: "at most 64 letters, digits, '_' and '-', with single dots between them")
        }
        var layer = try entry.read(&fields)
        try fields.finish()
        layer.name = name
        return layer
    }

    /// Whether a text can name a layer, and its tensors in a file.
    static func isName(_ text: String) -> Bool {
        // Dots as PyTorch has them in the names of modules in modules: "features.0".
        (1...64).contains(text.utf8.count)
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            }
    }

    /// A layer as an object of a model file.
    package static func json(_ layer: any Layer) -> JSON {
        var object: JSONObject = ["layer": .string(type(of: layer).kind)]
        if !layer.name.isEmpty { object.set("name", .string(layer.name)) }
        for member in layer.fields.members { object.set(member.key, member.value) }
        return .object(object)
    }
}
