import ObjectStore
import StrictJSON
import Testing

@testable import Models

@Suite struct ModelPointerTests {
    private static let hash = String(repeating: "0a", count: 32)
    private static let pointer = ModelPointer(model: "cnn", sha256: hash, byteCount: 5, program: "hartrain 0.1.0")

    @Test func aPointerIsReadAsItWasWritten() throws {
        #expect(try ModelPointer(decoding: ModelPointerTests.pointer.encoded) == ModelPointerTests.pointer)
        #expect(ModelPointerTests.pointer.path == ModelPointerTests.hash + "/model.safetensors")
    }

    @Test(arguments: [
        ("\"format\": 1", "\"format\": 2", "'format' must be 1: use a later version of hartrain"),
        ("\"sha256\": \"0a", "\"sha256\": \"0A", "'sha256' must be 64 hexadecimal digits"),
        ("\"path\": \"", "\"path\": \"../", "'path' must be"), ("\"bytes\": 5", "\"bytes\": \"5\"", "'bytes' must be"),
        ("\"model\"", "\"modell\"", "'model' is missing"), ("{", "[", "expected"),
    ]) func whatIsNoPointerIsRefused(_ part: String, _ replacement: String, _ message: String) {
        let text = String(decoding: ModelPointerTests.pointer.encoded, as: UTF8.self)
        let changed = Array(text.replacing(part, with: replacement, maxReplacements: 1).utf8)
        let error = #expect(throws: (any Error).self) { try ModelPointer(decoding: changed) }
        #expect(error.map { "\($0)".contains(message) } == true, "\(error.map { "\($0)" } ?? "")")
    }
}
