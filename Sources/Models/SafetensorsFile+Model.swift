import Layers
import Memory
import TensorFiles
import TimeSeries

/// A model's values as tensors of a file: names and layouts of a PyTorch state_dict.
extension SafetensorsStream {
    /// Adds all parameters of a model, with the values that they have when the file is written.
    /// - Parameter prefix: Stands before every name: "best.".
    public mutating func append(_ state: ModelState, of model: Model, prefix: String = "") {
        for parameter in model.parameters {
            let shape = parameter.fileShape.dimensions
            tensors.append(
                Tensor(prefix + parameter.name, type: .float32, shape: shape) { _ in
                    parameter.fileBytes(state.read(parameter))
                })
            if let addend = parameter.addend {
                let count = parameter.shape.count * MemoryLayout<Float>.stride
                tensors.append(
                    Tensor(prefix + addend, type: .float32, shape: shape) { _ in [UInt8](repeating: 0, count: count) })
            }
        }
    }
}

extension SafetensorsFile {
    /// Checks that the file holds the model's parameters and nothing else.
    /// - Parameters:
    ///   - others: Names that may stand beside the model's.
    /// - Throws: A `StateTensorsError` that lists what is missing, unexpected or misshapen.
    public func check(_ model: Model, prefix: String = "", besides others: [String]) throws(StateTensorsError) {
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

    /// The standardisation of windows of a shape, of the kind that its tensors' shapes say.
    /// - Throws: A `SafetensorsError` where it is missing, a `StandardizationError` where it is damaged or fits no window.
    func standardization(window: Shape) throws -> Standardization {
        func stored(_ name: String) throws -> Standardization.Stored { (try tensor(name).shape, try floats(name)) }
        return try Standardization(mean: stored(Checkpoint.meanName), std: stored(Checkpoint.stdName), window: window)
    }

    /// Sets all parameters of a model.
    /// - Throws: As `check`, and where a tensor is not of 32-bit floats or has a value that is not finite; the state is then not to be used.
    public func load(into state: ModelState, of model: Model, prefix: String = "", besides others: [String]) throws {
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
