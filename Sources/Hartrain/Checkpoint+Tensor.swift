import Layers
import Memory
public import Models
public import Tensors

extension Checkpoint {
    /// The names of the model's weights and running statistics, as PyTorch has them: "conv1.weight".
    public var tensorNames: [String] { model.parameters.map(\.name) }

    /// A weight or running statistic by its name, in the layout of PyTorch's state_dict ([out, in]; [out, in, taps]); nil where the
    /// model has none of that name.
    public subscript(name: String) -> Tensor? {
        guard let parameter = model.parameters.first(where: { $0.name == name }) else { return nil }
        return Tensor(trusting: parameter.fileShape, parameter.fileOrder(state.read(parameter)))
    }
}
