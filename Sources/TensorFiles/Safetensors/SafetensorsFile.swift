import Platform
import StrictJSON

/// A file of named tensors in the safetensors format: the checkpoint format that PyTorch and others read as it is.
///
/// The layout: 8 bytes, the length of the header as a little-endian number; the header, a JSON object that says for each tensor
/// `"name": {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]}` and may have `"__metadata__"`, text by text; then
/// the tensors' bytes, without a gap. The machines that this package is written for are little-endian, as the format is.
public struct SafetensorsFile: Equatable, Sendable {
    /// The largest header that is read or written, in bytes.
    public static let maximumHeader = 16 << 20
    /// The largest number of dimensions of a tensor.
    public static let maximumRank = 8
    /// The key of the metadata in the header, which no tensor can have as its name.
    static let metadataKey = "__metadata__"

    /// What the file says of itself, in order.
    public var metadata: OrderedMap<String>
    /// The tensors, in the order of the header.
    public var tensors: [SafetensorsTensor]
    /// What errors call the file: its path when it was read from one. Not part of equality.
    public var source: String

    /// A file in memory.
    public init(metadata: OrderedMap<String> = [:], tensors: [SafetensorsTensor] = [], source: String = "safetensors file") {
        self.metadata = metadata
        self.tensors = tensors
        self.source = source
    }

    /// Whether metadata and tensors are equal.
    public static func == (a: SafetensorsFile, b: SafetensorsFile) -> Bool {
        a.metadata == b.metadata && a.tensors == b.tensors
    }

    /// The tensor of a name.
    /// - Throws: `SafetensorsError` when there is none, with the name that was probably meant.
    public func tensor(_ name: String) throws(SafetensorsError) -> SafetensorsTensor {
        if let tensor = tensors.first(where: { $0.name == name }) { return tensor }
        let near = Spelling.closest(to: name, among: tensors.map(\.name))
        throw error(name, "is missing" + (near.map { "; there is '\(JSON.excerpt(of: $0))'" } ?? ""))
    }

    /// The elements of a tensor.
    /// - Parameter shape: the shape that the tensor must have, or nil for any.
    /// - Throws: `SafetensorsError` when there is no such tensor, or it is of another type or shape.
    public func values<Element: SafetensorsElement>(
        _ name: String, shape: [Int]? = nil, as element: Element.Type = Element.self
    ) throws(SafetensorsError) -> [Element] {
        let tensor = try tensor(name)
        if let shape, tensor.shape != shape { throw error(name, "has the shape \(tensor.shape), must be \(shape)") }
        guard let values = tensor.values(as: element) else {
            throw error(name, "is of type \(tensor.type.rawValue), must be \(Element.safetensorsType.rawValue)")
        }
        return values
    }

    /// The elements of a tensor of type F32.
    /// - Parameter shape: the shape that the tensor must have, or nil for any.
    /// - Throws: `SafetensorsError` when there is no such tensor, or it is of another type or shape.
    public func floats(_ name: String, shape: [Int]? = nil) throws(SafetensorsError) -> [Float] {
        try values(name, shape: shape)
    }

    /// The elements of a tensor of type F32, all of which must be finite: a model with a NaN answers nonsense.
    /// - Throws: `SafetensorsError` that names the tensor.
    public func finiteFloats(_ name: String) throws(SafetensorsError) -> [Float] {
        let values = try floats(name)
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw SafetensorsError(
                file: source, tensor: name, problem: "value \(index + 1) is \(values[index]), not a finite number")
        }
        return values
    }

    private func error(_ tensor: String, _ problem: String) -> SafetensorsError {
        SafetensorsError(file: source, tensor: tensor, problem: problem)
    }
}
