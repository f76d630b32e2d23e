import Testing
import TimeSeries

@Suite struct WindowSetTests {
    private static let format = WindowFormat(steps: 1, channels: ["x", "y"], classes: ["rest", "walk", "run"])

    private static func windows() throws -> WindowSet {
        try WindowSet(values: [0, 1, 2, 3, 4, 5], labels: [0, 1, 2], groups: [7, 8, 9], format: format)
    }

    @Test func classesAreMatchedByName() throws {
        var other = WindowSetTests.format
        other.classes = ["run", "rest", "walk"]
        let windows = try WindowSetTests.windows()
        let matched = try windows.labelled(as: other)
        #expect(matched.format.classes == other.classes)
        #expect(matched.labels == [1, 2, 0])
        #expect(matched.values == windows.values)
        #expect(matched.groups == windows.groups)
        #expect(try windows[[2, 0]].labelled(as: other).labels == [0, 1])
        #expect(try windows.labelled(as: WindowSetTests.format) == windows)
    }

    @Test func windowsOfOtherThingsAreNotMatched() throws {
        func problem(_ change: (inout WindowFormat) -> Void) throws -> String {
            var other = WindowSetTests.format
            change(&other)
            return try #require(throws: WindowError.self) { try WindowSetTests.windows().labelled(as: other) }.message
        }
        #expect(try problem { $0.classes[2] = "fall" } == "the classes are rest, run, walk, not fall, rest, walk")
        #expect(try problem { $0.classes.removeLast() } == "the classes are rest, run, walk, not rest, walk")
        #expect(try problem { $0.channels = ["y", "x"] } == "the channels are x, y, not y, x")
        #expect(try problem { $0.steps = 2 } == "windows have 1 steps, not 2")
    }
}
