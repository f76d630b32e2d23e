import Memory
import Models
import Platform
import SmallModel
import StrictJSON
import Testing
import TimeSeries

@testable import Serving

/// Answers of a model that takes windows of four readings of two channels.
@Suite struct AnswerTests {
    private func withAPI(_ body: (FunctionAPI, ServedModel) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/small.safetensors"
            try SmallModel.checkpoint().write(to: path)
            let loader = ModelLoader(store: { _ in throw ServingError("no store here") }, lanes: 2)
            let model = try loader.load(ModelPlace(name: "small", place: path))
            let registry = ModelRegistry([model])
            let specialization = Specialization(registry: registry) { try loader.load(ModelPlace(name: "har", place: $0)) }
            try body(FunctionAPI(registry: registry, specialization: specialization), model)
        }
    }

    private static let window: [Float] = [0.5, -1, 0.25, 2, 1e-3, -0.125, 0.75, 3]
    private static let json = #"{"window": [[0.5, -1], [0.25, 2], [1e-3, -0.125], [0.75, 3]]}"#

    private func request(_ text: String, type: String? = nil, accept: String? = nil) -> FunctionRequest {
        FunctionRequest(path: "/", contentType: type, accept: accept, body: Array(text.utf8))
    }

    private func error(_ api: FunctionAPI, _ request: FunctionRequest) throws -> RequestError {
        try #require(throws: RequestError.self) { _ = try api.answer(request) }
    }

    @Test func allFormsGiveTheSessionsBits() throws {
        try withAPI { api, model in
            let expected = try model.session.predict(Self.window)
            let csv = "x,y\n0.5,-1\n0.25,2\n1e-3,-0.125\n0.75,3\n"
            var floats = FunctionRequest(path: "/", contentType: "application/octet-stream", body: [])
            for value in Self.window { floats.body += LittleEndian.bytes(value.bitPattern) }
            for request in [request(Self.json), request(csv, type: "text/csv"), floats] {
                let answer = try api.answer(request)
                let prediction = try #require(try JSON.parse(answer.body)["predictions"]?.asArray?.first)
                #expect(prediction["class"] == .integer(expected[0].label + 1))
                #expect(prediction["name"] == .string(expected[0].name))
                #expect(prediction["probabilities"] == .array(expected[0].probabilities.map(JSON.float)))
                var bare = request
                bare.accept = "application/octet-stream"
                #expect(try api.answer(bare).body == expected[0].probabilities.flatMap { LittleEndian.bytes($0.bitPattern) })
            }
        }
    }

    /// Floats are written as the command line's JSON writes them, whatever their size.
    @Test func floatsAreWrittenAsJSONWritesThem() {
        var random = Random(seed: 3, stream: .synthesis)
        for _ in 0..<5000 {
            let value = Float(bitPattern: UInt32(random.below(1 << 30)))
            guard value <= 1 else { continue }
            var text: [UInt8] = []
            AnswerText.append([value], to: &text)
            #expect(String(decoding: text, as: UTF8.self) == JSON.float(value).serialized())
        }
    }

    @Test(arguments: [
        ("", "the body is empty"), ("{}", "no field 'window'"), (#"{"windows": []}"#, "the shape [0], not [windows][4][2]"),
        (#"{"window": [[1, 2]]}"#, "the shape [1][2], not [4][2]"),
        (#"{"window": [[1, 2, 3], [1, 2]]}"#, "window 1, reading 2 has 2 values"),
        (#"{"windows": [[[1, 2], [1, null]]]}"#, "window 1, reading 2, channel y must be a finite number, found 'null'"),
        (#"{"window": 1}"#, "must be an array"), (#"{"frame": []}"#, "the field \"frame\" is unknown"),
        (#"{"window": [[1, 2], [1, 2], [1, 2], [1, 2]], "windows": []}"#, "not both"),
        (#"{"window": [[1, 2], [1, 2], [1, 2], [1, 2]]} x"#, "expected the end of the text"), ("{\"window\"", "not understood"),
        ("1,2\n1,2\n1,2\n1,nan\n", "line 4, column 3"), ("1,2\n", "window 1 ends after 1 reading, not 4"),
    ])
    func whatIsWrongIsNamed(_ body: String, _ words: String) throws {
        try withAPI { api, _ in
            let error = try error(api, request(body))
            #expect(error.status == 400)
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test func floatsThatAreWrongAreNamed() throws {
        try withAPI { api, _ in
            var request = FunctionRequest(path: "/", contentType: "application/octet-stream", body: [1, 2, 3])
            let size = try error(api, request)
            #expect(size.message.contains("3 bytes are no whole number of windows of 32 bytes"))
            request.body = [Float](arrayLiteral: 0, 0, 0, .infinity, 0, 0, 0, 0).flatMap { LittleEndian.bytes($0.bitPattern) }
            let value = try error(api, request)
            #expect(value.message.contains("value 4 (window 1, reading 2, channel y) is inf, not a finite number"))
        }
    }

    @Test func theProtocolGivesTheSameBits() throws {
        try withAPI { api, model in
            let expected = try model.session.predict(Self.window)
            let text =
                #"{"id": "7", "outputs": [{"name": "label"}, {"name": "probabilities", "parameters": {"binary_data": true}}], "#
                + #""inputs": [{"data": [0.5, -1, 0.25, 2, 1e-3, -0.125, 0.75, 3], "name": "windows", "datatype": "FP32", "shape": [1, 4, 2]}]}"#
            var request = request(text)
            request.path = "/v2/models/small/infer"
            let answer = try api.answer(request)
            let length = try #require(Int(answer.headers[0].value))
            let json = try JSON.parse(Array(answer.body[..<length]))
            #expect(json["id"]?.asString == "7")
            #expect(json["model_version"]?.asString == model.version)
            #expect(json["outputs"]?.asArray?[0]["data"] == .array([.integer(expected[0].label)]))
            #expect(Array(answer.body[length...]) == expected[0].probabilities.flatMap { LittleEndian.bytes($0.bitPattern) })
            request.path = "/v2/models/small/versions/\(model.version)/infer"
            #expect(try api.answer(request) == answer)
            for path in ["/v2/models/other/infer", "/v2/models/small/versions/1/infer", "/v2/models/small", "/x"] {
                request.path = path
                let error = try error(api, request)
                #expect(error.status == 404)
            }
        }
    }

    @Test(arguments: [
        (#""datatype": "FP64", "shape": [1, 4, 2]"#, "must be FP32"),
        (#""datatype": "FP32", "shape": [2, 4, 2]"#, "the shape [2, 4, 2] has 16"),
        (#""datatype": "FP32", "shape": [8]"#, "'shape' must be [windows, 4, 2]"),
        (#""datatype": "FP32", "shape": [4611686018427387904, 4, 2]"#, "far more"), (#""datatype": "FP32""#, "'shape' must be"),
        (#""datatype": "FP32", "shape": [1, 4, 2], "extra": 1"#, "\"extra\" of the tensor is unknown"),
    ])
    func tensorsThatAreWrongAreRefused(_ fields: String, _ words: String) throws {
        try withAPI { api, _ in
            var request = request(#"{"inputs": [{"name": "windows", "data": [1, 2, 3, 4, 5, 6, 7, 8], \#(fields)}]}"#)
            request.path = "/v2/models/small/infer"
            let error = try error(api, request)
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test func aModelIsSpecializedOnce() throws {
        try withTemporaryFolder { folder in
            let registry = ModelRegistry()
            let loader = ModelLoader(store: { _ in throw ServingError("no store here") }, lanes: 1)
            let specialization = Specialization(registry: registry) { try loader.load(ModelPlace(name: "har", place: $0)) }
            let body = Array("{\"filepath\": \"\(folder)\", \"functionName\": \"cnn\"}".utf8)
            #expect(throws: RequestError.self) { try specialization.version2(body) }
            #expect(throws: RequestError.self) { try registry.model() }
            try SmallModel.checkpoint().write(to: "\(folder)/other.safetensors")
            try SmallModel.checkpoint().write(to: "\(folder)/cnn.safetensors")
            #expect(try specialization.version2(body).status == 200)
            #expect(try registry.model().source == "\(folder)/cnn.safetensors")
            #expect(throws: RequestError.self) { try specialization.version2(body) }
        }
    }
}
