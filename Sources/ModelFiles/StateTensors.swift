import Layers
import Memory
import StrictJSON
import TensorFiles

/// A model's values as tensors of a file: names and layouts of a PyTorch state_dict.
extension SafetensorsFile {
    /// Adds all parameters of a model.
    /// - Parameter prefix: Stands before every name: "best.".
    mutating func append(_ state: ModelState, of model: Model, prefix: String = "") {
        for parameter in model.parameters {
            let values = parameter.fileOrder(state.values(parameter).span)
            let shape = parameter.fileShape.dimensions
            tensors.append(SafetensorsTensor(prefix + parameter.name, shape: shape, values: values))
            if let addend = parameter.addend {
                let zeros = [Float](repeating: 0, count: values.count)
                tensors.append(SafetensorsTensor(prefix + addend, shape: shape, values: zeros))
            }
        }
    }

    /// Checks that the file holds the model's parameters and nothing else.
    /// - Parameters:
    ///   - others: Names that may stand beside the model's.
    /// - Throws: A `StateTensorsError` that lists what is missing, unexpected or misshapen.
    func check(_ model: Model, prefix: String = "", besides others: [String]) throws(StateTensorsError) {
        var problems = StateTensorsError()
        var known = Set(others)
        for parameter in model.parameters {
            for name in [parameter.name, parameter.addend].compactMap({ $0 }) {
                known.insert(prefix + name)
                guard let tensor = tensors.first(where: { $0.name == prefix + name }) else {
                    problems.missing.append(prefix + name)
                    continue
                }
                if tensor.shape != parameter.fileShape.dimensions {
                    problems.misshapen.append("\(prefix + name) is \(tensor.shape), must be \(parameter.fileShape)")
                }
            }
        }
        problems.unexpected = tensors.map(\.name).filter { !known.contains($0) }
        guard problems.isEmpty else { throw problems }
    }

    /// Sets all parameters of a model.
    /// - Throws: As `check`, and where a tensor is not of 32-bit floats or has a value that is not finite; the state is then not to be used.
    func load(into state: ModelState, of model: Model, prefix: String = "", besides others: [String]) throws {
        try check(model, prefix: prefix, besides: others)
        for parameter in model.parameters {
            var values = try finiteFloats(prefix + parameter.name)
            if let addend = parameter.addend {
                // Only where it is not zero: adding a zero would turn a -0 into a 0.
                for (i, value) in try finiteFloats(prefix + addend).enumerated() where value != 0 { values[i] += value }
            }
            state.set(parameter, to: parameter.memoryOrder(values.span))
        }
    }
}

/// Tensors of a file that are not those of the model.
public struct StateTensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Names that the model has and the file has not.
    public var missing: [String] = []
    /// Names that the file has and the model has not.
    public var unexpected: [String] = []
    /// Names, with the shape found and the shape needed.
    public var misshapen: [String] = []

    var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

    /// All problems in one line, at most eight names of a kind.
    public var description: String {
        func list(_ title: String, _ names: [String]) -> String? {
            guard !names.isEmpty else { return nil }
            let more = names.count > 8 ? " and \(names.count - 8) more" : ""
            let shown = names.prefix(8).map { JSON.excerpt(of: $0, limit: 80) }
            return "\(title): \(shown.joined(separator: ", "))\(more)"
        }
        return "the tensors do not fit the model; "
            + [list("missing", missing), list("unexpected", unexpected), list("misshapen", misshapen)].compactMap { $0 }
            .joined(separator: "; ")
    }
}
