import Memory
import Platform
import TensorFiles
public import Tensors

/// Named tensors in files: .safetensors, .npz and .npy.
public enum TensorFile {
    /// Reads all tensors of a file; what it is, its first bytes say. A .npy file holds one, without a name: "".
    /// - Throws: A `TensorFileError` that names the file, the tensor and what is wrong with it: more than four dimensions, numbers that
    ///   are not 32-bit floats, damage.
    public static func read(_ path: String) throws(TensorFileError) -> [String: Tensor] {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, limit: 1 << 30, waitsForPipes: true)
        } catch {
            throw TensorFileError(file: path, reason: "cannot \(error.operation) it: \(error.reason)")
        }
        var tensors: [String: Tensor] = [:]
        func add(_ name: String, _ shape: [Int], _ values: [Float]) throws(TensorFileError) {
            guard shape.count <= Shape.maximumRank else {
                throw TensorFileError(
                    file: path, reason: "'\(name)' has \(shape.count) dimensions, a tensor has at most \(Shape.maximumRank)")
            }
            tensors[name] = Tensor(trusting: Shape(shape), values)
        }
        do {
            if NumPyArchive.isMeant(by: bytes) {
                for (name, array) in try NumPyArchive(decoding: bytes, source: path).arrays {
                    try add(name, array.shape, array.values)
                }
            } else if NumPyArray.isMeant(by: bytes) {
                let array = try NumPyArray(decoding: bytes, source: path)
                try add("", array.shape, array.values)
            } else {
                let file = try SafetensorsFile(decoding: bytes, source: path)
                for tensor in file.tensors { try add(tensor.name, tensor.shape, try file.floats(tensor.name)) }
            }
        } catch let error as TensorFileError {
            throw error
        } catch let error as NumPyError {
            throw TensorFileError(file: path, reason: error.reason)
        } catch let error as SafetensorsError {
            throw TensorFileError(file: path, reason: error.reason)
        } catch {
            throw TensorFileError(file: path, reason: "\(error)")
        }
        return tensors
    }

    /// Writes tensors, in the order of their names, whole or not at all; the path's ending says as what: .safetensors or .npz, or .npy
    /// for a single tensor.
    /// - Throws: A `TensorFileError` where the ending is another, a .npy is to hold several tensors, or the file cannot be written.
    public static func write(_ tensors: [String: Tensor], to path: String) throws(TensorFileError) {
        let sorted = tensors.sorted { $0.key < $1.key }
        let bytes: [UInt8]
        do {
            switch path {
            case _ where path.hasSuffix(".safetensors"):
                bytes = try SafetensorsFile(
                    tensors: sorted.map { name, tensor in
                        SafetensorsTensor(name, shape: tensor.shape.dimensions, values: tensor.values)
                    }, source: path
                ).encoded()
            case _ where path.hasSuffix(".npz"):
                bytes =
                    NumPyArchive(
                        sorted.map { ($0.key, NumPyArray(shape: $0.value.shape.dimensions, values: $0.value.values)) }
                    ).encoded
            case _ where path.hasSuffix(".npy") && sorted.count == 1:
                bytes = NumPyArray(shape: sorted[0].value.shape.dimensions, values: sorted[0].value.values).encoded
            case _ where path.hasSuffix(".npy"):
                throw TensorFileError(file: path, reason: "a .npy file holds one tensor, not \(sorted.count): write a .npz")
            default:
                throw TensorFileError(file: path, reason: "the name must end in .safetensors, .npz or .npy")
            }
            try Files.writeAtomically(bytes, to: path)
        } catch let error as TensorFileError {
            throw error
        } catch let error as FileError {
            throw TensorFileError(file: path, reason: "cannot \(error.operation) it: \(error.reason)")
        } catch let error as SafetensorsError {
            throw TensorFileError(file: path, reason: error.reason)
        } catch {
            throw TensorFileError(file: path, reason: "\(error)")
        }
    }
}

/// A file of tensors that cannot be read or written: which, and why.
public struct TensorFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's path.
    public let file: String
    /// What is wrong, and what would be right.
    public let reason: String

    init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }

    /// The file and the reason.
    public var description: String { "\(file): \(reason)" }
}
