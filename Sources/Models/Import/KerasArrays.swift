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

    /// The names of what may stand in a file beside the parameters: the standardisation, the epsilons.
    private let others: [String]

    static let meanName = "standardize/mean"
    static let stdName = "standardize/std"

    init(_ model: Model) {
        others = [KerasArrays.meanName, KerasArrays.stdName] + ImportConventions(model).epsilons.map(\.name)
        let normalized = Set(model.parameters.filter { $0.role != .weight }.map { KerasArrays.parts($0.name).layer })
        items = model.parameters.map { parameter in
            let (layer, variable) = KerasArrays.parts(parameter.name)
            let name = KerasArrays.name(layer, variable, isNormalized: normalized.contains(layer))
            // A layer behind a Flatten sees the dimensions before it as one, in files as in Keras.
            return Item(parameter: parameter, name: name, shape: parameter.fileShape.dimensions.reversed())
        }
    }

    /// The place of an array that `numpy.savez(file, *model.get_weights())` has named: 3 of "arr_3".
    private static func position(_ name: String) -> Int? {
        name.hasPrefix("arr_") ? Int(name.dropFirst("arr_".count)) : nil
    }

    /// The names under which a file has the items: Keras's, or `arr_0`, `arr_1` ... in their order.
    /// - Throws: A `StateTensorsError` that lists what is missing, unexpected or misshapen, or a `KerasOrderError` where arrays without
    ///   names are others than the model's.
    func names(in outline: [NumPyArchive.Outline]) throws -> [String] {
        let found = outline.filter { !others.contains($0.name) }
        let numbers = found.map { KerasArrays.position($0.name) }
        if !found.isEmpty, numbers.allSatisfy({ $0 != nil }) {
            let ordered = zip(found, numbers).sorted { ($0.1 ?? 0) < ($1.1 ?? 0) }.map(\.0)
            if let mismatch = KerasOrderError(ordered, items) { throw mismatch }
            return ordered.map(\.name)
        }
        var problems = StateTensorsError()
        for item in items {
            guard let array = found.first(where: { $0.name == item.name }) else {
                problems.missing.append(item.name)
                continue
            }
            if array.shape != item.shape { problems.misshapen.append("\(item.name) is \(array.shape), must be \(item.shape)") }
        }
        problems.unexpected = found.map(\.name).filter { name in !items.contains { $0.name == name } }
        guard problems.isEmpty else { throw problems }
        return items.map(\.name)
    }

    /// The layer and the variable of a name of ours ("conv1.weight") or of Keras's ("conv1/kernel").
    static func parts(_ name: String) -> (layer: Substring, variable: Substring) {
        let mark = name.lastIndex(of: "/") ?? name.lastIndex(of: ".") ?? name.startIndex
        return (name[..<mark], name[mark...].dropFirst())
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
    /// A checkpoint's weights, its standardisation and the epsilons of its batch normalisations, without its metadata.
    public init(_ checkpoint: Checkpoint) {
        self.init(
            KerasArrays(checkpoint.model).items.map { item in
                (item.name, NumPyArray(shape: item.shape, values: checkpoint.state.values(item.parameter)))
            })
        let standardization = checkpoint.standardization
        let shape = standardization.kind.shape(window: checkpoint.description.input).dimensions
        arrays.append((KerasArrays.meanName, NumPyArray(shape: shape, values: standardization.mean)))
        arrays.append((KerasArrays.stdName, NumPyArray(shape: shape, values: standardization.std)))
        // Keras's default is another than PyTorch's, and no weight says which it was.
        for (name, epsilon) in ImportConventions(checkpoint.model).epsilons {
            arrays.append((name, NumPyArray(shape: [], values: [epsilon])))
        }
    }
}
