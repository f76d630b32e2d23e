import Layers
import TensorFiles

/// A PyTorch state_dict as people save it, brought to what a checkpoint has: names without what a wrapper put before all of them
/// ("module." of DataParallel, "_orig_mod." of torch.compile, "model." or "net." of a module around the model), floats of 32 bits.
struct StateDictionary {
    /// The tensors as a checkpoint has them.
    let file: SafetensorsFile
    /// What was changed, for the user to know.
    let notes: [String]

    /// What wrappers put before all names.
    private static let wrappers = ["module.", "_orig_mod.", "model.", "net."]

    init(_ file: SafetensorsFile, of model: Model) {
        let own = [Checkpoint.meanName, Checkpoint.stdName]
        let foreign = file.tensors.map(\.name).filter { !own.contains($0) }
        let prefix = StateDictionary.wrapping(foreign, own: model.parameters.map(\.name))
        var converted: [String] = []
        let tensors = file.tensors.map { tensor in
            let name = own.contains(tensor.name) ? tensor.name : String(tensor.name.dropFirst(prefix.count))
            guard let floats = tensor.asFloat32 else {
                return SafetensorsTensor(name, type: tensor.type, shape: tensor.shape, bytes: tensor.bytes)
            }
            if tensor.type != .float32 { converted.append(tensor.type.rawValue) }
            return SafetensorsTensor(name, type: .float32, shape: tensor.shape, bytes: floats.bytes)
        }
        self.file = SafetensorsFile(metadata: file.metadata, tensors: tensors, source: file.source)
        let unwrapping = prefix.isEmpty ? nil : "took '\(prefix)' off the names of all tensors"
        notes = [unwrapping, StateDictionary.note(converting: converted, of: "tensor")].compactMap(\.self)
    }

    /// What wrappers have put before all names, as far as the model does not have it there itself.
    private static func wrapping(_ names: [String], own: [String]) -> String {
        var prefix = ""
        while let wrapper = wrappers.first(where: { wrapper in
            names.allSatisfy { $0.dropFirst(prefix.count).hasPrefix(wrapper) } && !own.allSatisfy { $0.hasPrefix(wrapper) }
        }), !names.isEmpty {
            prefix += wrapper
        }
        return prefix
    }

    /// What to say of values that were of other types; nil where there are none.
    static func note(converting types: [String], of noun: String) -> String? {
        guard !types.isEmpty else { return nil }
        var kinds: [String] = []
        for type in types where !kinds.contains(type) { kinds.append(type) }
        return
            "converted \(types.count) \(noun)\(types.count == 1 ? "" : "s") of \(kinds.joined(separator: " and ")) to 32-bit floats"
    }
}
