import StrictJSON
import Testing

@Suite struct JSONFieldsTests {
    static let context = "layer 3 (Conv1D)"

    static func fields(_ json: JSON) throws -> JSONFields { try JSONFields(json, context: context) }

    static func error(_ problem: String) -> JSONFieldError { JSONFieldError(context: context, problem: problem) }

    @Test func fieldsOfEveryKindAreTaken() throws {
        var fields = try JSONFieldsTests.fields([
            "int": 1, "double": 2, "float": 0.5, "bool": true, "string": "x", "list": [1, "y"], "ints": [3, 4],
            "object": ["k": 1],
        ])
        #expect(try fields.take("int") == 1)
        #expect(try fields.take("double") == 2.0)
        #expect(try fields.take("float", as: Float.self) == 0.5)
        #expect(try fields.take("bool") == true)
        #expect(try fields.take("string") == "x")
        #expect(try fields.take("list", as: [JSON].self) == [1, "y"])
        #expect(try fields.take("ints") == [3, 4])
        #expect(try fields.take("object", as: JSONObject.self) == ["k": 1])
        try fields.finish()
    }

    @Test func absentFieldsHaveTheirDefault() throws {
        var fields = try JSONFieldsTests.fields(["there": 2, "null": nil])
        #expect(try fields.take("there", default: 1) == 2)
        #expect(try fields.take("absent", default: 1) == 1)
        #expect(try fields.takeIfPresent("there", as: Int.self) == 2)
        #expect(try fields.takeIfPresent("missing", as: Int.self) == nil)
        #expect(try fields.takeIfPresent("null", as: Int.self) == nil)
        try fields.finish()
    }

    @Test func wrongKindsAreRefused() throws {
        func refuses<T: JSONFieldValue>(_ json: JSON, as type: T.Type, _ problem: String) {
            #expect(throws: JSONFieldsTests.error(problem)) {
                var fields = try JSONFieldsTests.fields(["f": json])
                _ = try fields.take("f", as: type)
            }
        }
        refuses("abc", as: Int.self, "'f' must be a whole number, found \"abc\"")
        refuses(1.0, as: Int.self, "'f' must be a whole number, found 1.0")
        refuses(true, as: Double.self, "'f' must be a number, found true")
        refuses(1e300, as: Float.self, "'f' must be a number that fits in 32-bit floating point, found 1e+300")
        refuses(1, as: Bool.self, "'f' must be true or false, found 1")
        refuses(nil, as: String.self, "'f' must be a text, found null")
        refuses(["a": 1], as: [JSON].self, "'f' must be a list, found {\"a\":1}")
        refuses([1, "a"], as: [Int].self, "'f' must be a list, each element a whole number, found [1,\"a\"]")
        refuses([1], as: JSONObject.self, "'f' must be an object, found [1]")
        let long = JSON.string(String(repeating: "x", count: 100))
        refuses(long, as: Int.self, "'f' must be a whole number, found \"\(String(repeating: "x", count: 36))...")
    }

    @Test func aPresentFieldOfTheWrongKindIsRefusedDespiteItsDefault() throws {
        var fields = try JSONFieldsTests.fields(["stride": "2", "bias": 1])
        #expect(throws: JSONFieldsTests.error("'stride' must be a whole number, found \"2\"")) {
            try fields.take("stride", default: 1)
        }
        #expect(throws: JSONFieldsTests.error("'bias' must be true or false, found 1")) {
            try fields.takeIfPresent("bias", as: Bool.self)
        }
    }

    @Test func aMissingFieldIsNamedWithWhatWasProbablyMeant() throws {
        var fields = try JSONFieldsTests.fields(["filter": 18])
        #expect(throws: JSONFieldsTests.error("'kernel' is missing; it must be a whole number")) {
            try fields.take("kernel", as: Int.self)
        }
        #expect(throws: JSONFieldsTests.error("'filters' is missing; it must be a whole number (found 'filter')")) {
            try fields.take("filters", as: Int.self)
        }
    }

    @Test func unknownFieldsAreNamedWithTheKnownOnes() throws {
        var fields = try JSONFieldsTests.fields(["fliters": 18, "color": 1])
        _ = try fields.take("filters", default: 1)
        _ = try fields.take("kernel", default: 2)
        let problem = "unknown fields 'fliters' (did you mean 'filters'?), 'color'; known: 'filters', 'kernel'"
        #expect(throws: JSONFieldsTests.error(problem)) { try fields.finish() }
        #expect(throws: JSONFieldsTests.error("unknown field 'x'; no fields are known here")) {
            try JSONFieldsTests.fields(["x": 1]).finish()
        }
        #expect(throws: JSONFieldsTests.error("unknown fields 'a', 'b', 'c', 'd', 'e', and 2 more; no fields are known here")) {
            try JSONFieldsTests.fields(["a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1]).finish()
        }
    }

    @Test func valuesOutOfRangeAreReportedByTheCaller() throws {
        let fields = try JSONFieldsTests.fields(["filters": 0])
        let error = fields.failure("filters", mustBe: "at least 1")
        #expect(error.description == "layer 3 (Conv1D): 'filters' must be at least 1, found 0")
        #expect(fields.failure("kernel", mustBe: "at least 1").problem == "'kernel' must be at least 1, found nothing")
    }

    @Test func whatIsNoObjectIsRefused() {
        #expect(throws: JSONFieldsTests.error("must be an object, found [1]")) { try JSONFieldsTests.fields([1]) }
    }

    @Test(
        "The nearest name is proposed when it is near",
        arguments: [
            ("filter", "filters"), ("FILTERS", "filters"), ("kernal", "kernel"), ("paddding", "padding"), ("cn", "cnn"),
            ("color", nil), ("nx", nil), ("", nil), ("xyz", nil),
        ] as [(String, String?)])
    func spelling(name: String, meant: String?) {
        #expect(Spelling.closest(to: name, among: ["filters", "kernel", "padding", "cnn", "a"]) == meant)
    }
}
