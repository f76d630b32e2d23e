import Memory
import Testing
import TimeSeries

@Suite struct StandardizationTests {
    /// Windows whose value at (step, channel) is given.
    private func windows(_ count: Int, _ value: (_ window: Int, _ step: Int, _ channel: Int) -> Float) -> [Float] {
        var values: [Float] = []
        for window in 0..<count {
            for step in 0..<128 {
                for channel in 0..<9 { values.append(value(window, step, channel)) }
            }
        }
        return values
    }

    private let window: Shape = [128, 9]

    private func set(_ values: [Float]) -> WindowSet {
        let count = values.count / window.count
        return WindowSet(
            checked: values, labels: [Int32](repeating: 0, count: count), groups: [],
            format: WindowFormat(steps: 128, channels: 9, classes: 1))
    }

    private func apply(_ standardization: Standardization, to values: [Float]) -> [Float] {
        var result = values
        var span = result.mutableSpan
        standardization.apply(to: &span)
        return result
    }

    /// Of 1 + c, 3 + c and 8 + c the mean is 4 + c and the variance (9 + 1 + 16) / 3; window 3 is not used.
    @Test func takesMeanAndDeviationOfEachChannelAndStep() throws {
        let values: [Float] = [1, 3, 8, 1000]
        let data = windows(4) { window, step, channel in step == 5 ? 7 : values[window] + Float(channel) }
        let result = try Standardization(of: set(data)[[2, 0, 1]], kind: .channelAndStep)
        #expect(result.kind == .channelAndStep)
        #expect(result.mean.count == 1152 && result.std.count == 1152)
        let deviation = Float((26.0 / 3.0).squareRoot())
        for step in 0..<128 {
            for channel in 0..<9 {
                let index = step * 9 + channel
                // Step 5 never changes: deviation 1.
                #expect(result.mean[index] == (step == 5 ? 7 : 4 + Float(channel)))
                #expect(result.std[index] == (step == 5 ? 1 : deviation))
            }
        }

        let windows = apply(result, to: data)
        #expect(windows[0] == (1 - 4) / deviation)
        #expect(windows[5 * 9] == 0)
        #expect(abs(windows[3 * 1152 + 8] - (1008 - 12) / deviation) < 1e-4)
    }

    /// Channel 2 alternates between -1 and 3 from step to step; channel 4 is always 0.1; the others hold the window's number.
    @Test func takesMeanAndDeviationOfEachChannel() throws {
        let data = windows(3) { window, step, channel in
            channel == 2 ? (step % 2 == 0 ? -1 : 3) : channel == 4 ? 0.1 : Float(window)
        }
        let result = try Standardization(of: set(data)[[0, 1, 2]], kind: .channel)
        let deviation = Float((2.0 / 3.0).squareRoot())
        #expect(result.mean == [1, 1, 1, 1, 0.1, 1, 1, 1, 1])
        #expect(result.std == [deviation, deviation, 2, deviation, 1, deviation, deviation, deviation, deviation])
        let windows = apply(result, to: data)
        #expect(windows[2] == -1)
        #expect(windows[9 + 2] == 1)
        #expect(windows[4] == 0)
        #expect(windows[1152] == 0)
        #expect(windows[2 * 1152 + 1152 - 1] == 1 / deviation)
    }

    @Test func noneChangesNothing() throws {
        let data = windows(2) { window, step, _ in Float(window * step) }
        let none = try Standardization(of: set(data)[[]], kind: .none)
        #expect(none == .none)
        let windows = apply(none, to: data)
        #expect(windows == data)
        #expect(none.mean.isEmpty && none.std.isEmpty)
    }

    @Test func shapesAndNames() {
        #expect(Standardization.Kind.channelAndStep.shape(window: window) == [128, 9])
        #expect(Standardization.Kind.channel.shape(window: window) == [9])
        #expect(Standardization.Kind.none.shape(window: window).count == 0)
        #expect(Standardization.Kind.allCases.map(\.rawValue) == ["channel-step", "channel", "none"])
    }

    /// Below 2.9e-39, 1 / std is infinite, and a reading of 1 is a little above: such values change no more than those that never change.
    @Test(arguments: [0x1p-130 as Float, 0x1p-128, 1.2e-38, 9e-31])
    func whatHardlyChangesIsConstant(tiny: Float) throws {
        let data = windows(2) { window, _, channel in channel == 3 ? Float(window) * tiny : Float(window) }
        for kind in [Standardization.Kind.channel, .channelAndStep] {
            let result = try Standardization(of: set(data)[[0, 1]], kind: kind)
            #expect(result.std[3] == 1 && result.std[4] == 0.5)
            #expect(apply(result, to: data).allSatisfy { $0.isFinite })
        }
        let small: [Float] = [1, 1, 1, 1, 1, 1, 1, 1, tiny]
        let error = try #require(throws: StandardizationError.self) {
            try Standardization(mean: small, std: small, window: window)
        }
        #expect(
            error.description.contains(
                "standardize.std[8] is \(tiny), less than 1e-30, and readings divided by it are out of float32's range: the file is damaged"
            ))
    }

    /// The count of values says nothing of their order: [9, 128] is not [128, 9].
    @Test func storedShapesSayTheKind() throws {
        let nine: Standardization.Stored = ([9], [Float](repeating: 2, count: 9))
        let all: Standardization.Stored = ([128, 9], [Float](repeating: 2, count: 1152))
        #expect(try Standardization(mean: nine, std: nine, window: window).kind == .channel)
        #expect(try Standardization(mean: all, std: all, window: window).kind == .channelAndStep)
        #expect(try Standardization(mean: ([0], []), std: ([0], []), window: window) == .none)
        #expect(
            try Standardization(mean: ([1, 9], nine.values), std: ([1, 9], nine.values), window: [1, 9]).kind == .channelAndStep)
        #expect(try Standardization(mean: nine, std: nine, window: [1, 9]).kind == .channel)
        for shape in [[9, 128], [1152], [1, 128, 9], [128, 9, 1]] {
            let other: Standardization.Stored = (shape, all.values)
            #expect(throws: StandardizationError.shape(name: "mean", found: shape, window: window)) {
                try Standardization(mean: other, std: all, window: window)
            }
            #expect(throws: StandardizationError.shape(name: "std", found: shape, window: window)) {
                try Standardization(mean: all, std: other, window: window)
            }
        }
        #expect(throws: StandardizationError.shapes(mean: [9], std: [128, 9])) {
            try Standardization(mean: nine, std: all, window: window)
        }
        let text = "\(StandardizationError.shape(name: "mean", found: [9, 128], window: window))"
        #expect(text == "standardize.mean is [9, 128], must be [128, 9] (steps, channels), [9] or, for none, [0]")
    }

    @Test func noWindowsAreRefused() {
        let data = windows(1) { _, _, _ in 0 }
        #expect(throws: StandardizationError.noWindows) {
            try Standardization(of: set(data)[[]], kind: .channel)
        }
    }

    @Test func storedStatisticsAreChecked() throws {
        let nine = [Float](repeating: 2, count: 9)
        #expect(try Standardization(mean: nine, std: nine, window: window).kind == .channel)
        let all = [Float](repeating: 2, count: 1152)
        #expect(try Standardization(mean: all, std: all, window: window).kind == .channelAndStep)
        #expect(try Standardization(mean: [], std: [], window: window) == .none)

        #expect(throws: StandardizationError.size(mean: 9, std: 1152, window: window)) {
            try Standardization(mean: nine, std: all, window: window)
        }
        #expect(throws: StandardizationError.size(mean: 8, std: 8, window: window)) {
            try Standardization(mean: Array(nine.dropLast()), std: Array(nine.dropLast()), window: window)
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            var mean = nine
            mean[3] = bad
            let error = try #require(throws: StandardizationError.self) {
                try Standardization(mean: mean, std: nine, window: window)
            }
            #expect(error.description.contains("standardize.mean[3]"))
        }
        for bad in [Float.nan, .infinity, 0, -1] {
            var std = nine
            std[8] = bad
            let error = try #require(throws: StandardizationError.self) {
                try Standardization(mean: nine, std: std, window: window)
            }
            #expect(error.description.contains("standardize.std[8]"))
        }
    }
}
