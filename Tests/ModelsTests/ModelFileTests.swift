import Layers
import Platform
import SmallModel
import StrictJSON
import TensorFiles
import Testing

@testable import Models

/// Model files of users.
@Suite struct ModelFileTests {
    private static func read(_ text: String) throws -> ModelFile {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array(text.utf8), to: folder + "/m.json")
            return try ModelFile(reading: folder + "/m.json")
        }
    }

    private static func refusal(_ text: String) -> String? {
        do {
            _ = try read(text)
            return nil
        } catch let error as ModelFileError {
            #expect(error.file.hasSuffix("/m.json"))
            return error.reason
        } catch {
            return "\(error)"
        }
    }

    @Test func aDescriptionReadsBackEqual() throws {
        let description = try ModelFileTests.read(SmallModel.text).description
        #expect(description.name == "small")
        #expect(description.input == [4, 2])
        let again = try ModelFileTests.read(JSON.object(description.json).serialized(pretty: true)).description
        #expect(JSON.object(again.json) == .object(description.json))
    }

    @Test func trainingIsKeptAsItIs() throws {
        let training = #"{"epochs":9,"clip":{"by":"norm","limit":2}}"#
        let file = try ModelFileTests.read(String(SmallModel.text.dropLast()) + #", "training": \#(training)}"#)
        #expect(file.training?.serialized() == training)
        #expect(try ModelFileTests.read(SmallModel.text).training == nil)
    }

    @Test func whatIsWrongIsNamedWithItsPlace() {
        let start = #"{"name": "m", "input": {"steps": 4, "channels": 2}, "layers": "#
        let cases: [(String, String)] = [
            ("", "line 1, column 1: expected a value, found the end of the text"), ("[1]", "must be an object"),
            (start + "[]", "expected ',' or '}'"), (start + "3}", "must be a list of layers"),
            (start + #"[{"units": 3}]}"#, "layer 1: 'layer' is missing"),
            (start + #"[{"layer": "Dens", "units": 3}]}"#, "layer 1: 'layer' must be one of"),
            (start + #"[{"layer": "ReLU"}, {"layer": "Dense", "unit": 3}]}"#, "layer 2 (Dense): 'units' is missing"),
            (start + #"[{"layer": "ReLU", "slope": 3}]}"#, "layer 1 (ReLU): unknown field 'slope'"),
            (start + #"[{"layer": "Dense", "units": 65537}]}"#, "'units' must be a whole number of 1 to 65536, found 65537"),
            (
                start + #"[{"layer": "Concatenate", "branches": [[{"layer": "ReLU"}], [{"layer": "X"}]]}]}"#,
                "layer 1 (Concatenate), branch 2, layer 1: 'layer' must be one of"
            ),
            (start + #"[], "author": "me"}"#, "unknown field 'author'"),
            (#"{"name": "", "input": {"steps": 4, "channels": 2}, "layers": []}"#, "'name' must be 1 to 64 letters"),
            (#"{"name": "m", "input": {"steps": 4}, "layers": []}"#, "input: 'channels' is missing"),
        ]
        for (text, expected) in cases {
            let reason = ModelFileTests.refusal(text)
            #expect(reason?.contains(expected) == true, "\(text): \(reason ?? "accepted")")
        }
    }

    @Test func namesThatCouldLeaveTheFolderAreRefused() {
        for name in ["..", ".hidden", "a/b", "a b", "ä", "-x", String(repeating: "a", count: 65), "a\\u0000b"] {
            let text = #"{"name": "\#(name)", "input": {"steps": 4, "channels": 2}, "layers": []}"#
            #expect(ModelFileTests.refusal(text)?.contains("'name' must be") == true, "\(name)")
        }
    }

    @Test func anErrorNamesItsFileOnce() {
        let causes: [(any Error, String)] = [
            (FileError(path: "a", operation: "read", reason: "no"), "a: cannot read it: no"),
            (SafetensorsError(file: "a", tensor: "t", problem: "is bad"), "a: tensor 't': is bad"),
            (ModelFileError(file: "a", reason: "bad"), "a: bad"),
            // Whatever letters the reason has.
            (JSONFieldError(context: "layer 1", problem: "a bad name"), "a: layer 1: a bad name"),
        ]
        for (cause, text) in causes { #expect("\(ModelFileError(file: "a", cause))" == text) }
        #expect(throws: ModelFileError(file: "/nowhere/m.json", reason: "cannot read it: No such file or directory")) {
            try ModelFile(reading: "/nowhere/m.json")
        }
    }
}
