import StrictJSON
import Testing

@Suite struct JSONParserTests {
    @Test(
        "Every kind of value is read",
        arguments: [
            ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-12", .integer(-12)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)), ("1.0", .number(1)),
            ("1e3", .number(1000)), ("-2.5E-1", .number(-0.25)), ("1e-999", .number(0)), ("\"\"", .string("")),
            ("[]", .array([])),
            ("{}", .object([:])), (" [1 , 2.5,\"x\"]\r\n\t", [1, 2.5, "x"]),
            ("{\"b\":1,\"a\":{\"c\":null}}", ["b": 1, "a": ["c": nil]]),
        ] as [(String, JSON)])
    func values(text: String, value: JSON) throws {
        #expect(try JSON.parse(text) == value)
    }

    /// Keys that Swift takes for the same text, and other readers do not: "é" as one scalar and as two, "K" and the sign of kelvin.
    @Test(arguments: [("\u{E9}", "e\u{301}"), ("K", "\u{212A}")]) func keysAreTheirBytes(_ one: String, _ other: String) throws {
        let object = try #require(try JSON.parse("{\"\(one)\": 1, \"\(other)\": 2}").asObject)
        #expect(object[one] == .integer(1) && object[other] == .integer(2))
        #expect(try JSON.parse("{\"\(one)\": 1}") != JSON.parse("{\"\(other)\": 1}"))
        #expect(throws: JSONError.self) { try JSON.parse("{\"\(one)\": 1, \"\(one)\": 2}") }
    }

    @Test func minusZeroKeepsItsSign() throws {
        #expect(try JSON.parse("-0").asDouble?.sign == .minus)
    }

    @Test(
        "Escapes and raw characters are read",
        arguments: [
            (#""\" \\ \/ \b \f \n \r \t""#, "\" \\ / \u{8} \u{c} \n \r \t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00!""#, "😀!"), (#""grün 😀""#, "grün 😀"), (#""\u0000""#, "\0"), ("\"\u{7f}\"", "\u{7f}"),
        ])
    func strings(text: String, value: String) throws {
        #expect(try JSON.parse(text) == .string(value))
    }

    @Test(
        "Wrong text is refused with its place",
        arguments: [
            ("", 1, 1, "a value", "the end of the text"),
            ("  ", 1, 3, "a value", "the end of the text"),
            ("\u{FEFF}1", 1, 1, "a value", "a byte order mark"),
            ("nul", 1, 1, "'null'", "'n'"),
            ("NaN", 1, 1, "a value", "'N'"),
            ("1 2", 1, 3, "the end of the text", "'2'"),
            ("01", 1, 2, "no digit after a leading zero", "'1'"),
            ("-", 1, 2, "a digit", "the end of the text"),
            ("+1", 1, 1, "a value", "'+'"),
            (".5", 1, 1, "a value", "'.'"),
            ("1.", 1, 3, "a digit", "the end of the text"),
            ("1e+", 1, 4, "a digit", "the end of the text"),
            ("9223372036854775808", 1, 1, "a whole number of at most 64 bits", "9223372036854775808"),
            ("[1e999]", 1, 2, "a number that fits in 64-bit floating point", "1e999"),
            ("[1,]", 1, 4, "a value", "']'"),
            ("[1 2]", 1, 4, "',' or ']'", "'2'"),
            ("[", 1, 2, "a value", "the end of the text"),
            ("{\"a\" 1}", 1, 6, "':'", "'1'"),
            ("{a: 1}", 1, 2, "a key or '}'", "'a'"),
            ("{\"a\": 1,}", 1, 9, "a key", "'}'"),
            ("{\"a\": 1", 1, 8, "',' or '}'", "the end of the text"),
            ("{\n  \"é\": 1,\n  \"é\": 2}", 3, 3, "every key once", "the key \"é\" again"),
            ("[\"é\", x]", 1, 7, "a value", "'x'"),
            ("\"a", 1, 3, "'\"'", "the end of the text"),
            ("\"a\nb\"", 1, 3, "a control character as an escape", "a line break"),
            ("\"\u{1}\"", 1, 2, "a control character as an escape", "the control character U+1"),
            ("\"\\", 1, 3, "an escape", "the end of the text"),
            ("\"\\x\"", 1, 3, "one of \" \\ / b f n r t u after a backslash", "'x'"),
            ("\"\\u12g4\"", 1, 6, "a hexadecimal digit", "'g'"),
            ("\"\\ud800\"", 1, 2, "a high surrogate escape followed by a low one", "a lone surrogate"),
            ("\"\\udc00\\ud800\"", 1, 2, "a high surrogate escape followed by a low one", "a lone surrogate"),
            ("\"\\ud800\\u0041\"", 1, 2, "a high surrogate escape followed by a low one", "a lone surrogate"),
            ("// no comments", 1, 1, "a value", "'/'"),
        ])
    func refusals(text: String, line: Int, column: Int, expected: String, found: String) {
        #expect(throws: JSONError(line: line, column: column, expected: expected, found: found)) { try JSON.parse(text) }
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let hex = String(bytes[0], radix: 16, uppercase: true)
        #expect(throws: JSONError(line: 2, column: 2, expected: "UTF-8 text", found: "the byte 0x\(hex)")) {
            try JSON.parse(Array("\n\"".utf8) + bytes + Array("\"".utf8))
        }
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(try JSON.parse(nested(JSON.maximumDepth)).asArray?.count == 1)
        #expect(throws: JSONError(line: 1, column: 65, expected: "at most 64 levels of arrays and objects", found: "one more")) {
            try JSON.parse(nested(JSON.maximumDepth + 1))
        }
        // Depth is how deep, not how many.
        #expect(try JSON.parse("[" + Array(repeating: "[{}]", count: 100).joined(separator: ",") + "]").asArray?.count == 100)
    }

    @Test func errorTextSaysPlaceExpectedAndFound() {
        let error = JSONError(line: 3, column: 7, expected: "a value", found: "'}'")
        #expect(error.description == "line 3, column 7: expected a value, found '}'")
    }

    @Test func longTextIsCutInErrors() {
        #expect(
            throws: JSONError(
                line: 1, column: 1, expected: "a whole number of at most 64 bits",
                found: String(repeating: "9", count: 37) + "...")
        ) {
            try JSON.parse(String(repeating: "9", count: 1000))
        }
    }

    @Test func noChangedByteCrashes() throws {
        let text = Array(#"{"a": [1, -2.5e3, true, null], "b\u00e9\ud83d\ude00": {"c": "\n"}}"#.utf8)
        #expect(try JSON.parse(text).asObject?.count == 2)
        var refused = 0
        for position in text.indices {
            for value in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = value
                if (try? JSON.parse(changed)) == nil { refused += 1 }
            }
            if (try? JSON.parse(Array(text[..<position]))) != nil { Issue.record("the first \(position) bytes were accepted") }
        }
        #expect(refused > text.count * 128)
    }
}
