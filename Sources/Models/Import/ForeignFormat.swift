import Platform
import StrictJSON
import TensorFiles

/// Formats of models that are not read: how to know one, and the command that makes of it a file that is read.
enum ForeignFormat {
    /// What `torch.save` writes, also as .ckpt of PyTorch Lightning.
    case pyTorch
    /// A Keras model, .keras or .h5.
    case keras
    /// A TensorFlow checkpoint, .ckpt.
    case tensorFlow
    case tensorFlowLite
    case onnx
    /// A single array of NumPy, of Python objects or of numbers.
    case npy(isOfObjects: Bool)

    /// The format that bytes are of, or where they tell nothing the path's ending; nil where neither does.
    init?(_ bytes: [UInt8], path: String) {
        if NumPyArchive.isMeant(by: bytes) {
            // How the first entry of a ZIP archive is called says who wrote it.
            let name = String(decoding: bytes.dropFirst(30).prefix(bytes.count > 27 ? Int(bytes[26]) : 0), as: UTF8.self)
            if name.hasSuffix("data.pkl") {
                self = .pyTorch
            } else if ["metadata.json", "config.json", "model.weights.h5"].contains(name) {
                self = .keras
            } else {
                return nil
            }
        } else if NumPyArray.isMeant(by: bytes) {
            self = .npy(isOfObjects: String(decoding: bytes.prefix(128), as: UTF8.self).contains("|O"))
        } else if bytes.starts(with: [0x89] + Array("HDF".utf8)) {
            self = .keras
        } else if bytes.count > 8, bytes[4..<8].elementsEqual("TFL3".utf8) {
            self = .tensorFlowLite
        } else if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
            // A pickle of protocol 2 to 5, as older versions of torch.save write it.
            self = .pyTorch
        } else {
            switch path.split(separator: ".").last.map({ $0.lowercased() }) {
            case "pt", "pth": self = .pyTorch
            case "keras", "h5", "hdf5": self = .keras
            case "ckpt": self = .tensorFlow
            case "tflite": self = .tensorFlowLite
            case "onnx": self = .onnx
            case "npy": self = .npy(isOfObjects: false)
            default: return nil
            }
        }
    }

    /// The error for a file that cannot be read; where it is of another format, that is what it says.
    /// - Parameters:
    ///   - error: What stopped the reading.
    ///   - source: What errors call the file.
    static func explaining(_ error: any Error, _ bytes: [UInt8], source: String) -> ModelFileError {
        let isWhole =
            switch error {
            case let error as SafetensorsError: error.tensor == nil
            case let error as NumPyError: error.array == nil
            default: false
            }
        guard isWhole, let format = ForeignFormat(bytes, path: source) else { return ModelFileError(file: source, error) }
        return ModelFileError(file: source, reason: format.explanation(of: source))
    }

    /// What the file is, and the command that makes one that is read.
    private func explanation(of path: String) -> String {
        // In a command only names that need no quotes.
        let isPlain = path.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "/._-+".utf8.contains(byte)
        }
        let file = isPlain ? path : "FILE"
        func python(_ text: String) -> String { "python3 -c '\(text)'" }
        func keras(_ model: String) -> String {
            python("import keras, numpy; numpy.savez(\"weights.npz\", *keras.models.load_model(\"\(model)\").get_weights())")
        }
        let ofItsModel = "numpy.savez(\"weights.npz\", *model.get_weights())"
        switch self {
        case .pyTorch:
            return "is PyTorch's own format, which is a program as much as data; import what this makes of it: "
                + python(
                    "import torch; from safetensors.torch import save_file; s = torch.load(\"\(file)\", map_location=\"cpu\"); "
                        + "s = s.get(\"state_dict\", s.get(\"model_state_dict\", s)); "
                        + "save_file({k: v.contiguous().clone() for k, v in s.items() if torch.is_tensor(v)}, "
                        + "\"weights.safetensors\")")
        case .keras:
            return "is a Keras model; import what this makes of it: " + keras(file)
                + " (of weights alone: load_weights into the model, then \(ofItsModel))"
        case .tensorFlow:
            return
                "is a TensorFlow checkpoint; load its weights into the Keras model, then import what this writes: \(ofItsModel)"
        case .tensorFlowLite:
            return
                "is a TensorFlow Lite model, made for one interpreter; import the weights of the Keras model that it was made of: "
                + keras("model.keras")
        case .onnx:
            return "is an ONNX model; import what this makes of it, where PyTorch's names are in it: "
                + python(
                    "import onnx; from onnx.numpy_helper import to_array; from safetensors.numpy import save_file; "
                        + "save_file({t.name: to_array(t).copy() for t in onnx.load(\"\(file)\").graph.initializer "
                        + "if t.data_type == 1}, \"weights.safetensors\")")
        case .npy(isOfObjects: true):
            return "is a single .npy array of Python objects; import what this makes of it: "
                + python("import numpy; numpy.savez(\"weights.npz\", *numpy.load(\"\(file)\", allow_pickle=True))")
        case .npy(isOfObjects: false):
            return "is a single .npy array, and a model has several; write them all: \(ofItsModel)"
        }
    }
}
