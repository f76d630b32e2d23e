import Memory
import StrictJSON

/// A model before it has memory: what it is called, what it takes, and its layers. Reads from and writes to a model file:
///
///     {"name": "tiny", "input": {"steps": 128, "channels": 9},
///      "layers": [{"layer": "GlobalAveragePool1D"}, {"layer": "Dense", "units": 6}]}
public struct ModelDescription: Sendable {
    /// The model's name, which names run folders: letters, digits, '-', '_' and '.'.
    public let name: String
    /// The shape of one input: [steps, channels].
    public let input: Shape
    /// The layers, one behind the other.
    public let network: Sequential

    /// A description of these parts, whose name and input have been checked.
    package init(name: String, input: Shape, network: Sequential) {
        self.name = name
        self.input = input
        self.network = network
    }

    /// A model whose layers are written one below the other.
    /// - Parameters:
    ///   - name: 1 to 64 letters, digits, '-', '_' and '.', the first a letter or digit.
    ///   - input: The shape of a window: [steps, channels].
    /// - Precondition: The name can name a model, and the input has two extents.
    public init(_ name: String, input: Shape, @LayerBuilder layers: () -> [any Layer]) {
        precondition(ModelDescription.isName(name), "'\(name)' cannot name a model: see ModelDescription.name")
        precondition(input.rank == 2, "a model takes windows of [steps, channels], not of \(input)")
        self.init(name: name, input: input, network: Sequential(layers()))
    }

    /// Reads a description; fields of others (such as "training") must have been taken before.
    /// - Parameter kinds: The layers that it may have.
    /// - Throws: A `JSONFieldError` that names the layer and the field.
    package init(fields: inout JSONFields, kinds: LayerKinds = .standard) throws(JSONFieldError) {
        name = try fields.take("name", as: String.self)
        guard ModelDescription.isName(name) else {
            throw fields.failure("name", mustBe: "1 to 64 letters, digits, '-', '_' and '.', the first a letter or digit")
        }
        var input = try JSONFields(try fields.take("input", as: JSON.self), context: "input")
        self.input = [try input.size("steps"), try input.size("channels")]
        try input.finish()
        network = Sequential(try kinds.layers(try fields.take("layers", as: JSON.self), context: ""))
    }

    /// Whether a text can name a model and a folder.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter || first.isNumber, text.utf8.count <= 64 else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".") }
    }

    /// The description as a model file holds it.
    public var json: JSONObject {
        [
            "name": .string(name),
            "input": ["steps": .integer(input[0]), "channels": .integer(input[1])],
            "layers": .array(network.layers.map(LayerKinds.json)),
        ]
    }
}
