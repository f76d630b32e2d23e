import StrictJSON
import Testing

@testable import Serving

@Suite struct JSONLinesTests {
    @Test func aLineIsAnObjectInOrder() throws {
        let line = JSONLines.line(
            [("level", .string("info")), ("message", .string("a \"b\"\n"))],
            [("id", .string("\u{1}ü")), ("models", .array([.string("x"), .integer(2)]))])
        #expect(line == #"{"level":"info","message":"a \"b\"\n","id":"\u0001ü","models":["x",2]}"# + "\n")
        #expect(try JSON.parse(line)["message"]?.asString == "a \"b\"\n")
    }

    @Test func noKeyComesTwice() {
        let line = JSONLines.line([("time", .integer(1)), ("level", .integer(2))], [("level", .integer(3)), ("x", .integer(4))])
        #expect(line == #"{"time":1,"level":3,"x":4}"# + "\n")
    }
}
