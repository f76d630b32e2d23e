import StrictJSON
import Testing

@testable import Serving

@Suite struct JSONLinesTests {
    @Test func aLineIsAnObjectInOrder() throws {
        let line = String(
            decoding: JSONLines.line(
                time: "now", level: "info", message: "a \"b\"\n",
                [("id", .string("\u{1}ü")), ("models", .array([.string("x"), .integer(2)]))]),
            as: UTF8.self)
        #expect(line == #"{"time":"now","level":"info","message":"a \"b\"\n","id":"\u0001ü","models":["x",2]}"# + "\n")
        #expect(try JSON.parse(line)["message"]?.asString == "a \"b\"\n")
    }

    @Test func noKeyComesTwice() {
        let line = JSONLines.line(time: "now", level: "info", message: "m", [("level", .integer(3)), ("x", .integer(4))])
        #expect(String(decoding: line, as: UTF8.self) == #"{"time":"now","level":3,"message":"m","x":4}"# + "\n")
    }
}
