import Models
import Platform
import StrictJSON
import TimeSeries

/// The Open Inference Protocol, version 2, as KServe and Triton speak it over HTTP, with its extension for binary tensors.
///
/// A model takes the tensor "windows" (FP32, [windows, steps, channels]) and gives "probabilities" (FP32, [windows, classes]), "label"
/// (INT64, [windows], from 0) and "name" (BYTES, [windows]).
struct InferenceProtocol: Sendable {
    let registry: ModelRegistry

    private static let input = "windows"

    /// A tensor that a model gives.
    private enum Output: String, CaseIterable {
        case probabilities
        case label
        case name

        var type: String {
            switch self {
            case .probabilities: "FP32"
            case .label: "INT64"
            case .name: "BYTES"
            }
        }
    }

    /// What a request asks for.
    private struct Inference {
        var id: String?
        var input: Input?
        var outputs: [(output: Output, isBinary: Bool)] = []
        /// Whether outputs that do not say it themselves are binary.
        var isBinary = false
    }

    /// The tensor of a request, as far as it has been read.
    private struct Input {
        var name: String?
        var type: String?
        var shape: [Int]?
        var values: [Float]?
        /// The shape of the arrays that held the values.
        var nesting: [Int] = []
        var binarySize: Int?
    }

    // MARK: Metadata

    /// `GET /v2`
    static var server: FunctionAnswer {
        FunctionAnswer(
            .json, ["name": .string(Program.name), "version": .string(Program.version), "extensions": ["binary_tensor_data"]])
    }

    /// `GET /v2/models/NAME`
    /// - Throws: A `RequestError` for an unknown model or version.
    func metadata(_ name: String, version: String?) throws(RequestError) -> FunctionAnswer {
        let model = try model(name, version: version)
        func tensor(_ name: String, _ type: String, _ shape: [Int]) -> JSON {
            ["name": .string(name), "datatype": .string(type), "shape": .array(shape.map(JSON.integer))]
        }
        let outputs = Output.allCases.map { output in
            tensor(output.rawValue, output.type, output == .probabilities ? [-1, model.format.classes.count] : [-1])
        }
        return FunctionAnswer(
            .json,
            [
                "name": .string(model.name), "versions": [.string(model.version)], "platform": .string(Program.name),
                "inputs": [tensor(InferenceProtocol.input, "FP32", [-1, model.format.steps, model.format.channels.count])],
                "outputs": .array(outputs),
                "parameters": [
                    "classes": .array(model.format.classes.map(JSON.string)),
                    "channels": .array(model.format.channels.map(JSON.string)),
                    "units": .array(model.format.units.map(JSON.string)),
                    "rate": model.format.rate.map(JSON.number) ?? .null, "sha256": .string(model.sha256),
                    "data": .string(model.details.dataSource),
                ],
            ])
    }

    /// `GET /v2/models/NAME/ready`
    /// - Throws: A `RequestError` for an unknown model or version.
    func ready(_ name: String, version: String?) throws(RequestError) -> FunctionAnswer {
        let model = try model(name, version: version)
        return FunctionAnswer(.json, ["name": .string(model.name), "ready": true])
    }

    private func model(_ name: String, version: String?) throws(RequestError) -> ServedModel {
        let model = try registry.model(name)
        guard version == nil || version == model.version else {
            throw RequestError(
                404, "the model '\(name)' has no version '\(version?.prefix(80) ?? "")': it is at \(model.version)")
        }
        return model
    }

    // MARK: Inference

    /// `POST /v2/models/NAME/infer`
    /// - Throws: A `RequestError`.
    func infer(_ name: String, version: String?, _ request: FunctionRequest) throws(RequestError) -> FunctionAnswer {
        let model = try model(name, version: version)
        let (header, tensors) = try parts(of: request)
        let inference = try self.inference(header, model.format)
        guard let input = inference.input else { throw .bad("'inputs' must hold the tensor '\(InferenceProtocol.input)'") }
        let windows = try values(of: input, tensors, model)
        let predictions = try model.predictions(windows)
        var answer = encoded(predictions, inference, model)
        answer.headers += [model.warning(windows)].compactMap(\.self).map(FunctionAnswer.Header.init(warning:))
        answer.windows = predictions.count
        return answer
    }

    /// The JSON of a body and the bytes of tensors behind it.
    private func parts(of request: FunctionRequest) throws(RequestError) -> (json: [UInt8], tensors: ArraySlice<UInt8>) {
        guard let text = request.inferenceHeaderLength else { return (request.body, []) }
        guard let length = Int(text), length > 0, length <= request.body.count else {
            throw .bad(
                "the header Inference-Header-Content-Length must be the length of the JSON in the body, 1 to \(request.body.count), found "
                    + "'\(text.prefix(40))'")
        }
        return (Array(request.body[..<length]), request.body[length...])
    }

    private func inference(_ header: [UInt8], _ format: WindowFormat) throws(RequestError) -> Inference {
        var inference = Inference()
        try WindowsBody.readingJSON { () throws in
            var reader = try JSONReader(header)
            try reader.members { key, reader in
                switch key {
                case "id": inference.id = try InferenceProtocol.text(reader.value(), "id")
                case "parameters":
                    inference.isBinary =
                        try InferenceProtocol.flag("binary_data_output", of: reader.value()) ?? false
                case "inputs":
                    try reader.elements { reader in
                        guard inference.input == nil else {
                            throw RequestError.bad("'inputs' must hold one tensor, '\(InferenceProtocol.input)'")
                        }
                        inference.input = try InferenceProtocol.input(&reader, format)
                    }
                case "outputs": inference.outputs = try InferenceProtocol.outputs(reader.value())
                default: throw RequestError.bad("the field \(JSON.string(key).serialized().prefix(40)) is unknown")
                }
            }
            try reader.finish()
        }
        if inference.outputs.isEmpty {
            inference.outputs = Output.allCases.map { ($0, inference.isBinary) }
        }
        return inference
    }

    private static func text(_ value: JSON, _ field: String) throws -> String {
        guard let text = value.asString else { throw RequestError.bad("'\(field)' must be a text") }
        return text
    }

    /// A parameter of an object of parameters.
    private static func parameter(_ name: String, of parameters: JSON) throws -> JSON? {
        guard parameters.asObject != nil else { throw RequestError.bad("'parameters' must be an object") }
        return parameters[name]
    }

    private static func flag(_ name: String, of parameters: JSON) throws -> Bool? {
        guard let value = try parameter(name, of: parameters) else { return nil }
        guard let flag = value.asBool else { throw RequestError.bad("'\(name)' must be true or false") }
        return flag
    }

    private static func input(_ reader: inout JSONReader, _ format: WindowFormat) throws -> Input {
        var input = Input()
        try reader.members { key, reader in
            switch key {
            case "name": input.name = try text(reader.value(), "name")
            case "datatype": input.type = try text(reader.value(), "datatype")
            case "shape":
                guard let shape = try reader.value().asArray?.map(\.asInt), !shape.contains(nil) else {
                    throw RequestError.bad("'shape' must be whole numbers")
                }
                input.shape = shape.compactMap(\.self)
            case "parameters":
                let size = try parameter("binary_data_size", of: reader.value())
                input.binarySize = size?.asInt
                guard (size == nil) == (input.binarySize == nil) else {
                    throw RequestError.bad("'binary_data_size' must be a whole number")
                }
            case "data":
                var values: [Float] = []
                values.reserveCapacity(reader.bytes.count / 8)
                input.nesting = try WindowsBody.floats(&reader, onto: &values, "data", isList: true, format)
                input.values = values
            default: throw RequestError.bad("the field \(JSON.string(key).serialized().prefix(40)) of the tensor is unknown")
            }
        }
        return input
    }

    private static func outputs(_ value: JSON) throws -> [(output: Output, isBinary: Bool)] {
        guard let list = value.asArray else { throw RequestError.bad("'outputs' must be a list") }
        var outputs: [(output: Output, isBinary: Bool)] = []
        for item in list {
            let name = item["name"]?.asString ?? ""
            guard let output = Output(rawValue: name) else {
                let known = Output.allCases.map(\.rawValue).joined(separator: ", ")
                throw RequestError.bad("there is no output '\(name.prefix(80))': the outputs are \(known)")
            }
            let parameters = item["parameters"] ?? .object([:])
            guard try parameter("classification", of: parameters) == nil else {
                throw RequestError.bad(
                    "the parameter 'classification' is not offered: ask for the output 'label' or 'name'")
            }
            // Otherwise a short request could have an answer of any length.
            guard !outputs.contains(where: { $0.output == output }) else {
                throw RequestError.bad("the output '\(name)' is asked for twice")
            }
            outputs.append((output, try flag("binary_data", of: parameters) ?? false))
        }
        return outputs
    }

    /// The numbers of a tensor, checked against the model's windows.
    private func values(of input: Input, _ tensors: ArraySlice<UInt8>, _ model: ServedModel) throws(RequestError) -> [Float] {
        let format = model.format
        let expected = "[windows, \(format.steps), \(format.channels.count)]"
        guard input.name == InferenceProtocol.input else {
            throw .bad("there is no input '\(input.name?.prefix(80) ?? "")': the input is '\(InferenceProtocol.input)'")
        }
        guard input.type == "FP32" else {
            throw .bad("'datatype' must be FP32, found '\(input.type?.prefix(40) ?? "nothing")'")
        }
        guard let shape = input.shape, shape.count == 3, shape[0] >= 1, shape[1] == format.steps,
            shape[2] == format.channels.count
        else { throw .bad("'shape' must be \(expected), found \(input.shape ?? [])") }
        let (count, overflows) = shape[0].multipliedReportingOverflow(by: format.shape.count)
        guard let size = input.binarySize else {
            guard let values = input.values else { throw .bad("the tensor has neither 'data' nor 'binary_data_size'") }
            guard input.nesting.count == 1 || input.nesting == shape else {
                throw .bad("'data' has the shape \(input.nesting), 'shape' says \(shape)")
            }
            guard tensors.isEmpty else {
                throw .bad("\(tensors.count) bytes follow the JSON, and no tensor says that they are its own")
            }
            guard !overflows, values.count == count else {
                throw .bad("'data' holds \(values.count) numbers, the shape \(shape) has \(overflows ? "far more" : "\(count)")")
            }
            return values
        }
        guard input.values == nil else { throw .bad("the tensor has both 'data' and 'binary_data_size'") }
        guard !overflows, count <= Int.max / 4, size == 4 * count, tensors.count == size else {
            throw .bad(
                "\(tensors.count) bytes follow the JSON, 'binary_data_size' says \(size) and the shape \(shape) needs 4 a number")
        }
        return try WindowsBody.windows(Array(tensors), .floats, for: model)
    }

    private func encoded(_ predictions: [Prediction], _ inference: Inference, _ model: ServedModel) -> FunctionAnswer {
        var text: [UInt8] = []
        var tensors: [UInt8] = []
        func append(_ part: String) { text.append(contentsOf: part.utf8) }
        append("{\"model_name\":\(JSON.string(model.name).serialized()),\"model_version\":\"\(model.version)\"")
        if let id = inference.id { append(",\"id\":\(JSON.string(id).serialized())") }
        append(",\"outputs\":[")
        for (index, (output, isBinary)) in inference.outputs.enumerated() {
            let shape =
                output == .probabilities ? "[\(predictions.count),\(model.format.classes.count)]" : "[\(predictions.count)]"
            append("\(index > 0 ? "," : ""){\"name\":\"\(output.rawValue)\",\"datatype\":\"\(output.type)\",\"shape\":\(shape),")
            if isBinary {
                let before = tensors.count
                InferenceProtocol.append(output, of: predictions, binary: &tensors)
                append("\"parameters\":{\"binary_data_size\":\(tensors.count - before)}}")
            } else {
                append("\"data\":[")
                InferenceProtocol.append(output, of: predictions, text: &text)
                append("]}")
            }
        }
        append("]}")
        guard !tensors.isEmpty else { return FunctionAnswer(.json, text) }
        var answer = FunctionAnswer(.floats, text + tensors)
        answer.headers = [FunctionAnswer.Header(name: "Inference-Header-Content-Length", value: "\(text.count)")]
        return answer
    }

    private static func append(_ output: Output, of predictions: [Prediction], text: inout [UInt8]) {
        for (index, prediction) in predictions.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            switch output {
            case .probabilities: AnswerText.append(prediction.probabilities, to: &text)
            case .label: text.append(contentsOf: "\(prediction.label)".utf8)
            case .name: text.append(contentsOf: JSON.string(prediction.name).serialized().utf8)
            }
        }
    }

    private static func append(_ output: Output, of predictions: [Prediction], binary bytes: inout [UInt8]) {
        if output == .probabilities { return bytes.append(contentsOf: AnswerText.floats(predictions)) }
        for prediction in predictions {
            if output == .label {
                bytes.append(contentsOf: LittleEndian.bytes(Int64(prediction.label)))
            } else {
                let name = Array(prediction.name.utf8)
                bytes.append(contentsOf: LittleEndian.bytes(UInt32(name.count)))
                bytes.append(contentsOf: name)
            }
        }
    }
}
