import Layers
import Memory
import TensorFiles

/// A model's parameters as Keras has them: names, shapes and order.
///
/// Shapes are those of memory: kernels [taps, in, out] and [in, out], rows behind a Flatten in the order of [steps, channels]; LSTM
/// gates i, f, c, o as here (c is PyTorch's g), with one bias.
struct KerasArrays {
    /// One parameter.
    struct Item {
        let parameter: Parameter
        /// "conv1/kernel", "lstm_l0/recurrent_kernel", "norm/moving_mean".
        let name: String
        let shape: [Int]
    }

    /// The parameters, in the order of `get_weights()` of a model with the same layers one after the other.
    let items: [Item]

    static let meanName = "standardize/mean"
    static let stdName = "standardize/std"

    init(_ model: Model) {
        let normalized = Set(model.parameters.filter { $0.role != .weight }.map { KerasArrays.parts($0.name).layer })
        items = model.parameters.map { parameter in
            let (layer, variable) = KerasArrays.parts(parameter.name)
            let name = KerasArrays.name(layer, variable, isNormalized: normalized.contains(layer))
            // A layer behind a Flatten sees the dimensions before it as one, in files as in Keras.
            return Item(parameter: parameter, name: name, shape: parameter.fileShape.dimensions.reversed())
        }
    }

    /// The name that `numpy.savez(file, *model.get_weights())` gives to an array.
    static func positionalName(_ index: Int) -> String { "arr_\(index)" }

    private static func parts(_ name: String) -> (layer: Substring, variable: Substring) {
        let dot = name.lastIndex(of: ".") ?? name.startIndex
        return (name[..<dot], name[dot...].dropFirst())
    }

    private static func name(_ layer: Substring, _ variable: Substring, isNormalized: Bool) -> String {
        switch variable {
        case "weight": "\(layer)/\(isNormalized ? "gamma" : "kernel")"
        case "bias": "\(layer)/\(isNormalized ? "beta" : "bias")"
        case "running_mean": "\(layer)/moving_mean"
        case "running_var": "\(layer)/moving_variance"
        default: recurrent(layer, variable)
        }
    }

    /// "weight_hh_l1" of "lstm" is "lstm_l1/recurrent_kernel".
    private static func recurrent(_ layer: Substring, _ variable: Substring) -> String {
        let words = variable.split(separator: "_")
        let kind =
            words.prefix(2) == ["weight", "ih"] ? "kernel" : words.prefix(2) == ["weight", "hh"] ? "recurrent_kernel" : "bias"
        return "\(layer)_\(words.last ?? "")/\(kind)"
    }
}

extension NumPyArchive {
    /// A checkpoint's weights and standardisation, without its metadata.
    public init(_ checkpoint: Checkpoint) {
        self.init(
            KerasArrays(checkpoint.model).items.map { item in
                (item.name, NumPyArray(shape: item.shape, values: checkpoint.state.values(item.parameter)))
            })
        let standardization = checkpoint.standardization
        let shape = standardization.kind.shape(window: checkpoint.description.input).dimensions
        arrays.append((KerasArrays.meanName, NumPyArray(shape: shape, values: standardization.mean)))
        arrays.append((KerasArrays.stdName, NumPyArray(shape: shape, values: standardization.std)))
    }

    /// Sets all parameters of a model.
    /// - Parameter others: Names that may stand beside the model's.
    /// - Throws: A `StateTensorsError` that lists what is missing, unexpected or misshapen, a `NumPyError` for a value that is not finite.
    func load(into state: ModelState, of model: Model, besides others: [String]) throws {
        let items = KerasArrays(model).items
        let isPositional = !arrays.isEmpty && arrays.allSatisfy { $0.name.hasPrefix("arr_") }
        let names = items.indices.map { isPositional ? KerasArrays.positionalName($0) : items[$0].name }
        var problems = StateTensorsError()
        for (item, name) in zip(items, names) {
            guard let array = self[name] else {
                problems.missing.append(isPositional ? "\(name) (\(item.name))" : name)
                continue
            }
            if array.shape != item.shape {
                let label = isPositional ? "\(name) (\(item.name))" : name
                problems.misshapen.append("\(label) is \(array.shape), must be \(item.shape)")
            }
        }
        problems.unexpected = arrays.map(\.name).filter { !names.contains($0) && !others.contains($0) }
        guard problems.isEmpty else { throw problems }
        for (item, name) in zip(items, names) {
            state.set(item.parameter, to: try finiteValues(name))
        }
    }
}
