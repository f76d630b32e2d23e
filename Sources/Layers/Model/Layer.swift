import Memory
import StrictJSON

/// A step of a model: configuration and, once bound, the slots of its memory. A value without mutable state, so that all
/// workers share one model.
///
/// Inputs and outputs are rows of `Shape`s without the batch: [steps, channels] or [features].
public protocol Layer: BoundLayer {
    /// The name in model files and summaries: "Conv1D".
    static var kind: String { get }
    /// What unnamed layers of this kind are called, with a number where there are several: "conv".
    static var defaultName: String { get }
    /// The name in parameter names and messages; empty until the model names it.
    var name: String { get set }
    /// Whether each value of the output stands where its input stood, so that a Dense behind a Flatten still knows the places.
    var isElementwise: Bool { get }

    /// Reads the layer from an object of a model file.
    /// - Throws: A `JSONFieldError` that names the field.
    init(fields: inout LayerFields) throws(JSONFieldError)
    /// The fields of the layer in a model file, without "layer" and "name".
    var fields: JSONObject { get }

    /// Takes the layer's memory from a plan.
    /// - Returns: The shape of the output.
    /// - Throws: A `ModelError` that names the layer, where the input does not fit.
    mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape

    /// Sets the layer's weights and statistics to their initial values; weights are zero before.
    func initialize(_ values: inout InitialValues)
}

extension Layer {
    /// The kind in lower case.
    public static var defaultName: String { kind.lowercased() }
    public var isElementwise: Bool { false }
    public var fields: JSONObject { [:] }
    public func initialize(_ values: inout InitialValues) {}

    /// The last two dimensions of an input as steps and channels.
    /// - Throws: A `ModelError` unless the input is [steps, channels].
    static func sequence(_ input: Shape, _ plan: LayerPlan) throws(ModelError) -> (steps: Int, channels: Int) {
        guard input.rank == 2, input[0] > 0, input[1] > 0 else {
            throw plan.error("\(kind) needs an input of [steps, channels], not \(input)")
        }
        return (input[0], input[1])
    }
}
