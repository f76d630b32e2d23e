import StrictJSON
import Testing

@testable import TimeSeries

/// Telling windows that a model was not trained on.
@Suite struct WindowRangesTests {
    private static let format = WindowFormat(steps: 3, channels: ["x", "y"], classes: ["a"], units: ["g", "rad/s"])

    private static func ranges(_ windows: [Float]...) throws -> WindowRanges {
        WindowRanges(
            of: try WindowSet(values: windows.flatMap(\.self), labels: windows.map { _ in 0 }, format: WindowRangesTests.format))
    }

    /// x: readings 0 to 4, means 1 and 3, steps 1 and 1, shares 1/3 and 1/5; y: readings -2 to 6, means 0 and 2, steps 2 and 4.
    private static func example() throws -> WindowRanges {
        try ranges([0, -2, 1, 0, 2, 2], [2, -2, 3, 2, 4, 6])
    }

    @Test func rangesAreThoseOfAllWindows() throws {
        let ranges = try WindowRangesTests.example()
        #expect(ranges.reading == [0...4, -2...6])
        #expect(ranges.mean == [1...3, 0...2])
        #expect(ranges.step == [1...1, 2...4])
        #expect(ranges.share == [Float(1.0 / 5)...Float(1.0 / 3), Float(2.0 / 3)...Float(4.0 / 5)])
        let window: [Float] = [2, -2, 3, 2, 4, 6]
        #expect(ranges.departure(of: window.span) == nil)
    }

    /// Just within and just beyond what is allowed, for each statistic.
    @Test func whatIsFarIsTold() throws {
        let ranges = try WindowRangesTests.example()
        func found(_ window: [Float]) -> String? {
            ranges.departure(of: window.span).map { "\($0.statistic) \($0.channel)" }
        }
        // The readings of y are 8 apart: up to 2 beyond them is near.
        #expect(found([2, 0, 3, 4, 4, 8]) == nil)
        #expect(found([2, 0, 3, 4, 4, 8.01]) == "reading 1")
        #expect(found([-1.01, -2, 0, 0, 1, 2]) == "reading 0")
        // The means of y are 0 to 2; 4 is near, more is not.
        #expect(found([2, 2, 3, 4, 4, 6]) == nil)
        #expect(found([2, 2.1, 3, 4.1, 4, 6.1]) == "mean 1")
        // The steps of x are 1: half and twice of it are near.
        #expect(found([1, -2, 1.5, 0, 2, 1]) == nil)
        #expect(found([1, -2, 1.4, 0, 1.8, 2]) == "step 0")
        #expect(found([0, -2, 2.1, 2, 4.2, 6]) == "step 0")
        // Of several the first by statistic: the reading of y before the step of x.
        #expect(found([1, 0, 1, 0, 1, 9]) == "reading 1")
    }

    /// Steps that both may be, and that never were together: in other units of one of two sensors.
    @Test func theShareOfAChannelIsOfAllChanges() throws {
        let ranges = try WindowRangesTests.ranges([0, 0, 1, 1, 2, 2], [0, 0, 4, 4, 8, 8])
        #expect(ranges.share == [0.5...0.5, 0.5...0.5] && ranges.step == [1...4, 1...4])
        #expect(ranges.departure(of: ([0, 0, 1, 3, 2, 0] as [Float]).span) == nil)
        let window: [Float] = [0, 0, 1, 8, 2, 0]
        let departure = ranges.departure(of: window.span)
        #expect(
            departure?.text(WindowRangesTests.format)
                == "x has a share of 0.111 in all changes from step to step, in training 0.5 to 0.5")
    }

    @Test func theTextNamesChannelValueAndRange() throws {
        let ranges = try WindowRangesTests.example()
        let texts: [([Float], String)] = [
            ([2, 0, 3, 4, 4, 80], "y has a reading of 80 rad/s, in training -2 to 6 rad/s"),
            ([2, 3, 3, 5, 4, 7], "y has a mean of 5 rad/s, in training 0.0 to 2 rad/s"),
            ([1, -2, 1.25, 0, 1.5, 2], "x changes by 0.25 g from step to step, in training 1 to 1 g"),
        ]
        for (window, text) in texts {
            #expect(ranges.departure(of: window.span)?.text(WindowRangesTests.format) == text)
        }
    }

    /// Windows of one step, and windows in which nothing changes, have no shares; large readings have finite ranges.
    @Test func unusualWindowsHaveRanges() throws {
        let still = try WindowRangesTests.ranges([1, 2, 1, 2, 1, 2])
        #expect(still.share == [0...1, 0...1] && still.step == [0...0, 0...0])
        #expect(still.departure(of: ([1, 2, 1, 2, 1, 2] as [Float]).span) == nil)
        #expect(still.departure(of: ([1, 2, 1, 2, 1, 2.1] as [Float]).span)?.statistic == .reading)
        let single = WindowRanges(
            of: try WindowSet(values: [1, 5], labels: [0, 0], format: WindowFormat(steps: 1, channels: 1, classes: 1)))
        #expect(single.reading == [1...5] && single.step == [0...0])
        #expect(single.departure(of: ([4] as [Float]).span) == nil)
        let largest = Float.greatestFiniteMagnitude
        let large = try WindowRangesTests.ranges([-largest, 0, largest, 0, -largest, 0])
        #expect(large.step[0].upperBound.isFinite)
        #expect(large.departure(of: ([-largest, 0, largest, 0, -largest, 0] as [Float]).span) == nil)
    }

    @Test func filesHoldThemAndAreReadStrictly() throws {
        let ranges = try WindowRangesTests.example()
        let text = ranges.json.serialized()
        #expect(text.hasPrefix(#"{"reading":[[0.0,4.0],[-2.0,6.0]],"mean":"#))
        #expect(try WindowRanges(try JSON.parse(text), channels: 2, context: "x") == ranges)
        for (old, new) in [
            ("[0.0,4.0]", "[5.0,4.0]"), ("[0.0,4.0]", "[0.0]"), ("[[0.0,4.0],", "["), ("[0.0,4.0]", "[0.0,1e39]"),
            ("\"mean\"", "\"means\""), ("[1.0,1.0]", "[-1.0,1.0]"), ("{", "{\"other\":1,"),
        ] {
            let changed = try JSON.parse(text.replacing(old, with: new, maxReplacements: 1))
            #expect(throws: JSONFieldError.self, "\(new)") { try WindowRanges(changed, channels: 2, context: "x") }
        }
        #expect(throws: JSONFieldError.self) { try WindowRanges(ranges.json, channels: 3, context: "x") }
    }
}
