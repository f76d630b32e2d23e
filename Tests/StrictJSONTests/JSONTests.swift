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

    @Test func excerptsAreShortAndShowWhatIsHidden() {
        #expect(JSON.excerpt(of: "plain \u{E4}\u{4E16} 'text'") == "plain \u{E4}\u{4E16} 'text'")
        #expect(JSON.excerpt(of: "\u{1B}[31m\n\u{7F}\u{9B}") == "\\u{1B}[31m\\u{A}\\u{7F}\\u{9B}")
        #expect(JSON.excerpt(of: "\u{FEFF}\u{202E}\u{2028}") == "\\u{FEFF}\\u{202E}\\u{2028}")
        let forty = String(repeating: "x", count: 40)
        #expect(JSON.excerpt(of: forty) == forty)
        #expect(JSON.excerpt(of: forty + "x") == forty.dropLast(3) + "...")
        #expect(JSON.excerpt(of: "abcdefgh", limit: 6) == "abc...")
    }

    @Test func visibleTextHasNothingHidden() {
        #expect(JSON.isVisible("WALKING up \u{E4}\u{1F6B6}"))
        for text in ["a\nb", "\u{1B}", "\t", "\u{0}", "\u{85}", "\u{FEFF}a", "\u{202E}"] { #expect(!JSON.isVisible(text)) }
    }

    @Test func aKeyWrittenTwiceInALiteralTraps() async {
        await #expect(processExitsWith: .failure) { _ = ["a": 1, "a": 2] as JSON }
        await #expect(processExitsWith: .failure) { _ = ["a": 1, "a": 2] as JSONObject }
    }
}
