import ObjectStore
import Platform
import StrictJSON

/// What `latest.json` says: which of a model's versions in the store is the latest.
///
///     {"format": 1, "model": "cnn", "sha256": "9f86...", "bytes": 146232, "path": "9f86.../model.safetensors", "program": "hartrain 0.1.0"}
///
/// The path is relative to the pointer's folder, so a folder of models can be copied to another bucket.
struct ModelPointer: Equatable {
    /// The pointer's name in the folder of a model.
    static let fileName = "latest.json"
    /// The name of weights in the folder of a version.
    static let weightsName = "model.safetensors"
    private static let format = 1
    /// A pointer is never longer, in bytes.
    static let largestFile = 1 << 16

    /// The model's name.
    let model: String
    /// The SHA-256 of the weights.
    let sha256: String
    /// The size of the weights.
    let byteCount: Int
    /// The program that published them.
    let program: String

    /// Where the weights are, seen from the pointer's folder.
    var path: String { "\(sha256)/\(ModelPointer.weightsName)" }

    /// The SHA-256 that a key of published weights names, or nil for any other object.
    static func sha256(of place: ObjectURL) -> String? {
        let segments = place.segments.suffix(2)
        guard segments.count == 2, segments.last == weightsName, let folder = segments.first, SHA256.isHex(folder) else {
            return nil
        }
        return folder
    }

    init(model: String, sha256: String, byteCount: Int, program: String) {
        self.model = model
        self.sha256 = sha256
        self.byteCount = byteCount
        self.program = program
    }

    /// Reads a pointer strictly: it decides what is downloaded.
    /// - Throws: A `JSONError` or a `JSONFieldError`.
    init(decoding bytes: [UInt8]) throws {
        var fields = try JSONFields(try JSON.parse(bytes), context: "")
        guard try fields.take("format", as: Int.self) == ModelPointer.format else {
            throw fields.failure("format", mustBe: "\(ModelPointer.format): use a later version of hartrain")
        }
        model = try fields.take("model")
        sha256 = try fields.take("sha256")
        guard SHA256.isHex(sha256) else { throw fields.failure("sha256", mustBe: "64 hexadecimal digits in lower case") }
        byteCount = try fields.take("bytes")
        guard byteCount > 0 else { throw fields.failure("bytes", mustBe: "at least 1") }
        let path: String = try fields.take("path")
        program = try fields.take("program")
        guard path == self.path else { throw fields.failure("path", mustBe: "\"\(self.path)\"") }
        try fields.finish()
    }

    var encoded: [UInt8] {
        let json: JSON = [
            "format": .integer(ModelPointer.format), "model": .string(model), "sha256": .string(sha256),
            "bytes": .integer(byteCount), "path": .string(path), "program": .string(program),
        ]
        return Array((json.serialized(pretty: true) + "\n").utf8)
    }
}
