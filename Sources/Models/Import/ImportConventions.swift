import Kernels
import Layers
import StrictJSON
import TensorFiles

/// What weights do not say of how a model computes, and where PyTorch and Keras do it in different ways: the epsilon of batch
/// normalisation, the ends of a sequence. The model decides; whoever imports weights is told where another answer fits them as well.
struct ImportConventions {
    /// The layers, those in branches too, with their full names.
    private let layers: [(name: String, layer: any Layer)]

    init(_ model: Model) {
        layers = ImportConventions.layers(model.network, prefix: "")
    }

    private static func layers(_ network: Sequential, prefix: String) -> [(name: String, layer: any Layer)] {
        network.layers.flatMap { layer -> [(name: String, layer: any Layer)] in
            let name = prefix + layer.name
            guard let branched = layer as? Concatenate else { return [(name, layer)] }
            return branched.branches.enumerated().flatMap { index, branch in
                layers(branch, prefix: "\(name).branch\(index + 1).")
            }
        }
    }

    /// What to check where PyTorch trained the weights.
    var pyTorch: [String] {
        let sides = layers.compactMap { name, layer in
            switch layer {
            case let layer as Conv1D: ImportConventions.asymmetric(name, layer.padding, layer.geometry)
            case let layer as any PoolingLayer: ImportConventions.asymmetric(name, layer.window.padding, layer.placement.geometry)
            default: nil
            }
        }
        let means = layers.compactMap { name, layer in (layer as? AveragePool1D).flatMap { ImportConventions.uncounted(name, $0) }
        }
        return epsilons(besides: []) + sides + means
    }

    /// The name of the array that holds the epsilon of a batch normalisation.
    static func epsilonName(_ layer: String) -> String { "\(layer)/epsilon" }

    /// The epsilons of the batch normalisations: the values that go to a file without metadata beside the weights.
    var epsilons: [(name: String, value: Float)] {
        normalizations.map { (ImportConventions.epsilonName($0.name), Float($0.layer.epsilon)) }
    }

    /// What to check where Keras trained the weights.
    /// - Throws: A `ModelFileError` where the file says another epsilon than the model.
    func keras(_ archive: NumPyArchive) throws(ModelFileError) -> [String] {
        for (name, value) in epsilons {
            guard let array = archive[name], array.values != [value] else { continue }
            throw ModelFileError(
                file: archive.source,
                reason:
                    "array '\(name)': is \(array.values.first.map { "\($0)" } ?? "empty"), and the model's epsilon is \(value): give the "
                    + "BatchNorm1D the field \"epsilon\" in the model's file")
        }
        return epsilons(besides: archive.arrays.map(\.name))
    }

    private var normalizations: [(name: String, layer: BatchNorm1D)] {
        layers.compactMap { name, layer in (layer as? BatchNorm1D).map { (name, $0) } }
    }

    /// A line for each epsilon that only the model has said.
    /// - Parameter known: The names of arrays in the file.
    private func epsilons(besides known: [String]) -> [String] {
        var names: [Double: [String]] = [:]
        for (name, layer) in normalizations where !known.contains(ImportConventions.epsilonName(name)) {
            names[layer.epsilon, default: []].append(name)
        }
        return names.sorted { $0.key < $1.key }.map { epsilon, names in
            "\(names.joined(separator: ", ")): epsilon is \(JSON.number(epsilon).serialized()), as the model says; PyTorch's default is "
                + "1e-5, Keras's 1e-3: the field \"epsilon\" of BatchNorm1D changes it"
        }
    }

    /// "same" as TensorFlow has it, where PyTorch's padding of both sides gives as many steps.
    private static func asymmetric(_ name: String, _ padding: Padding, _ geometry: WindowGeometry) -> String? {
        guard padding == .same, geometry.leading != geometry.trailing else { return nil }
        // The smallest symmetric padding that reaches as far; a larger one would shift the windows by a step more.
        let sides = geometry.trailing
        let symmetric = WindowGeometry(
            steps: geometry.steps, kernel: geometry.kernel, stride: geometry.stride, dilation: geometry.dilation,
            padding: .symmetric(sides))
        guard symmetric.outputSteps == geometry.outputSteps else { return nil }
        return
            "\(name): \"same\" pads \(geometry.leading) before and \(geometry.trailing) behind, as TensorFlow; where PyTorch had "
            + "padding=\(sides), on both sides, write \"padding\": \(sides) in the model"
    }

    /// A mean that passes over its padding, which PyTorch counts unless it is told not to.
    private static func uncounted(_ name: String, _ layer: AveragePool1D) -> String? {
        let geometry = layer.placement.geometry
        guard !layer.countsPadding, geometry.leading + geometry.trailing > 0 else { return nil }
        return
            "\(name): padding does not count in the mean, as in TensorFlow; where PyTorch had count_include_pad=True, its default, write "
            + "\"count_padding\": true in the model"
    }
}
