import StrictJSON
import Testing

@Suite struct JSONWriterTests {
    static let document: JSON = [
        "name": "cnn", "layers": [["kind": "Conv1D", "filters": 18], ["kind": "ReLU"]], "shape": [128, 9], "rate": 0.5,
        "none": nil,
        "empty": [], "nothing": [:], "ok": true,
    ]

    @Test func compactTextHasNoSpace() {
        #expect(
            JSONWriterTests.document.serialized()
                == #"{"name":"cnn","layers":[{"kind":"Conv1D","filters":18},{"kind":"ReLU"}],"shape":[128,9],"rate":0.5,"#
                + #""none":null,"empty":[],"nothing":{},"ok":true}"#)
    }

    @Test func prettyTextIsIndented() {
        let expected = """
            {
              "name": "cnn",
              "layers": [
                {
                  "kind": "Conv1D",
                  "filters": 18
                },
                {
                  "kind": "ReLU"
                }
              ],
              "shape": [128, 9],
              "rate": 0.5,
              "none": null,
              "empty": [],
              "nothing": {},
              "ok": true
            }
            """
        #expect(JSONWriterTests.document.serialized(pretty: true) == expected)
    }

    @Test(arguments: [false, true])
    func whatIsWrittenReadsBackEqual(pretty: Bool) throws {
        #expect(try JSON.parse(JSONWriterTests.document.serialized(pretty: pretty)) == JSONWriterTests.document)
    }

    @Test(
        "Numbers are short and read back the same",
        arguments: [
            (0.1, "0.1"), (1.0, "1.0"), (1.0 / 3, "0.3333333333333333"), (-0.0, "-0.0"), (1e300, "1e+300"),
            (.leastNonzeroMagnitude, "5e-324"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        ])
    func numbers(value: Double, text: String) throws {
        #expect(JSON.number(value).serialized() == text)
        #expect(try JSON.parse(text) == .number(value))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func numbersThatJSONDoesNotHaveAreNull(value: Double) {
        #expect(JSON.array([.number(value)]).serialized() == "[null]")
    }

    @Test func floatsAreAsShortAsFloats() {
        #expect(JSON.float(0.1).serialized() == "0.1")
        #expect(JSON.float(0.1).asDouble.map(Float.init) == 0.1)
        #expect(JSON.float(.infinity).serialized() == "null")
    }

    /// Each alone: a text without any of them is written as it is.
    @Test(arguments: [
        ("\"", #""\"""#), ("a\\b", #""a\\b""#), ("é\u{1f}", #""é\u001f""#), ("a\n", #""a\n""#), ("é😀 /", #""é😀 /""#),
        ("", #""""#),
    ])
    func oneEscapeIsFound(_ text: String, _ written: String) {
        #expect(JSON.string(text).serialized() == written)
    }

    @Test func stringsAreEscaped() throws {
        let value: JSON = .string("\" \\ / \u{8}\u{c}\n\r\t \0\u{1f} é😀")
        #expect(value.serialized() == #""\" \\ / \b\f\n\r\t \u0000\u001f é😀""#)
        #expect(try JSON.parse(value.serialized()) == value)
        #expect(JSON.object(["\n": 1]).serialized() == #"{"\n":1}"#)
    }
}
