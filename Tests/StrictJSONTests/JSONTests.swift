import StrictJSON
import Testing

@Suite struct JSONTests {
    @Test func accessorsGiveOnlyTheirKind() {
        let all: [JSON] = [nil, true, 7, 2.5, "x", [1], ["k": 1]]
        #expect(all.map(\.asBool) == [nil, true, nil, nil, nil, nil, nil])
        #expect(all.map(\.asInt) == [nil, nil, 7, nil, nil, nil, nil])
        #expect(all.map(\.asDouble) == [nil, nil, 7, 2.5, nil, nil, nil])
        #expect(all.map(\.asString) == [nil, nil, nil, nil, "x", nil, nil])
        #expect(all.map(\.asArray) == [nil, nil, nil, nil, nil, [1], nil])
        #expect(all.map(\.asObject) == [nil, nil, nil, nil, nil, nil, ["k": 1]])
        #expect(all[6]["k"] == 1)
        #expect(all[6]["other"] == nil)
        #expect(all[2]["k"] == nil)
    }

    @Test func wholeNumbersAndNumbersDiffer() {
        #expect(JSON.integer(1) != JSON.number(1))
        #expect(JSON.number(1).asInt == nil)
    }

    @Test func objectsKeepTheOrderOfTheirKeys() throws {
        var object: JSONObject = ["z": 1, "a": 2]
        object.set("m", 3)
        object.set("z", 4)
        #expect(object.keys == ["z", "a", "m"])
        #expect(object.members.map(\.value) == [4, 2, 3])
        #expect(object.count == 3 && !object.isEmpty && JSONObject().isEmpty)
        #expect(object == ["z": 4, "a": 2, "m": 3])
        #expect(object != ["a": 2, "z": 4, "m": 3])
        #expect(try JSON.parse(#"{"z":1,"a":2,"m":3}"#).asObject?.keys == ["z", "a", "m"])
    }

    @Test func aKeyWrittenTwiceInALiteralTraps() async {
        await #expect(processExitsWith: .failure) { _ = ["a": 1, "a": 2] as JSON }
        await #expect(processExitsWith: .failure) { _ = ["a": 1, "a": 2] as JSONObject }
    }
}
