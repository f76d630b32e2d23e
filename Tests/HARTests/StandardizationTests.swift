import Testing

@testable import HAR

@Suite struct StandardizationTests {
    /// Windows whose value at (step, channel) is given.
    private func recordings(_ count: Int, _ value: (_ window: Int, _ step: Int, _ channel: Int) -> Float) -> Recordings {
        var windows: [Float] = []
        for window in 0..<count {
            for step in 0..<128 {
                for channel in 0..<9 { windows.append(value(window, step, channel)) }
            }
        }
        let zeros = [UInt8](repeating: 0, count: count)
        return Recordings(windows: windows, labels: zeros, subjects: zeros)
    }

    /// Of 1 + c, 3 + c and 8 + c the mean is 4 + c and the variance (9 + 1 + 16) / 3; window 3 is not used.
    @Test func takesMeanAndDeviationOfEachChannelAndStep() throws {
        let values: [Float] = [1, 3, 8, 1000]
        let data = recordings(4) { window, step, channel in step == 5 ? 7 : values[window] + Float(channel) }
        let result = try Standardization(of: data, indices: [2, 0, 1], kind: .channelAndStep)
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

        var windows = data.windows
        result.apply(to: &windows)
        #expect(windows[0] == (1 - 4) / deviation)
        #expect(windows[5 * 9] == 0)
        #expect(windows[3 * 1152 + 8] == (1008 - 12) / deviation)
    }

    /// Channel 2 alternates between -1 and 3 from step to step; channel 4 is always 0.1; the others hold the window's number.
    @Test func takesMeanAndDeviationOfEachChannel() throws {
        let data = recordings(3) { window, step, channel in
            channel == 2 ? (step % 2 == 0 ? -1 : 3) : channel == 4 ? 0.1 : Float(window)
        }
        let result = try Standardization(of: data, indices: [0, 1, 2], kind: .channel)
        let deviation = Float((2.0 / 3.0).squareRoot())
        #expect(result.mean == [1, 1, 1, 1, 0.1, 1, 1, 1, 1])
        #expect(result.std == [deviation, deviation, 2, deviation, 1, deviation, deviation, deviation, deviation])
        var windows = data.windows
        result.apply(to: &windows)
        #expect(windows[2] == -1)
        #expect(windows[9 + 2] == 1)
        #expect(windows[4] == 0)
        #expect(windows[1152] == 0)
        #expect(windows[2 * 1152 + 1152 - 1] == 1 / deviation)
    }

    @Test func noneChangesNothing() throws {
        let data = recordings(2) { window, step, _ in Float(window * step) }
        let none = try Standardization(of: data, indices: [], kind: .none)
        #expect(none == .none)
        var windows = data.windows
        none.apply(to: &windows)
        #expect(windows == data.windows)
        #expect(none.mean.isEmpty && none.std.isEmpty)
    }

    @Test func shapesAndNames() {
        #expect(Standardization.Kind.channelAndStep.shape == [128, 9])
        #expect(Standardization.Kind.channel.shape == [9])
        #expect(Standardization.Kind.none.shape == [])
        #expect(Standardization.Kind.allCases.map(\.rawValue) == ["channel-step", "channel", "none"])
    }

    @Test func noWindowsAreRefused() {
        let data = recordings(1) { _, _, _ in 0 }
        #expect(throws: StandardizationError.noWindows) {
            try Standardization(of: data, indices: [], kind: .channel)
        }
    }

    @Test func storedStatisticsAreChecked() throws {
        let nine = [Float](repeating: 2, count: 9)
        #expect(try Standardization(mean: nine, std: nine).kind == .channel)
        let all = [Float](repeating: 2, count: 1152)
        #expect(try Standardization(mean: all, std: all).kind == .channelAndStep)
        #expect(try Standardization(mean: [], std: []) == .none)

        #expect(throws: StandardizationError.size(mean: 9, std: 1152)) { try Standardization(mean: nine, std: all) }
        #expect(throws: StandardizationError.size(mean: 8, std: 8)) {
            try Standardization(mean: Array(nine.dropLast()), std: Array(nine.dropLast()))
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            var mean = nine
            mean[3] = bad
            let error = try #require(throws: StandardizationError.self) { try Standardization(mean: mean, std: nine) }
            #expect(error.description.contains("standardize.mean[3]"))
        }
        for bad in [Float.nan, .infinity, 0, -1] {
            var std = nine
            std[8] = bad
            let error = try #require(throws: StandardizationError.self) { try Standardization(mean: nine, std: std) }
            #expect(error.description.contains("standardize.std[8]"))
        }
    }
}
