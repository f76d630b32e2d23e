import Platform
import Testing
import TimeSeries

@testable import HAR

@Suite struct SyntheticHARTests {
    private static let data = SyntheticHAR(seed: 1, windowsPerActivity: 5).generate()

    @Test func hasTheRealSplitOfVolunteers() {
        let data = SyntheticHARTests.data
        #expect(data.train.count == 21 * 6 * 5)
        #expect(data.test.count == 9 * 6 * 5)
        #expect(data.train.distinctGroups == UCIHAR.trainVolunteers)
        #expect(data.test.distinctGroups == UCIHAR.testVolunteers)
        #expect(data.train.classCounts == [Int](repeating: 105, count: 6))
        #expect(data.source.name == "synthetic")
        #expect(data.source.description.contains("synthetic"))
        #expect(data.source.notice == SyntheticHAR.notice)
    }

    @Test func defaultsGiveAboutTwoThousandWindows() {
        let defaults = SyntheticHAR()
        #expect(21 * 6 * defaults.windowsPerActivity == 2016)
        #expect(9 * 6 * defaults.windowsPerActivity == 864)
    }

    /// The same bytes on every machine: made once on x86-64; a machine that rounds otherwise fails here.
    @Test func isTheSameForEver() {
        #expect(
            SyntheticHAR(seed: 7, windowsPerActivity: 2).generate().hash
                == "e7cdc3c2c9774d53f0f1df75741574cdaf07ab832512df30984a233c344eed6c")
    }

    @Test func theSeedDecides() {
        let again = SyntheticHAR(seed: 1, windowsPerActivity: 1).generate()
        #expect(SyntheticHAR(seed: 1, windowsPerActivity: 1).generate() == again)
        #expect(SyntheticHAR(seed: 2, windowsPerActivity: 1).generate().hash != again.hash)
    }

    /// Windows of a bout overlap by half; the fifth window begins another bout.
    @Test func windowsOverlapByHalfWithinABout() {
        let windows = SyntheticHARTests.data.train.values
        for window in 0..<3 {
            let tail = windows[(window * 1152 + 576)..<(window + 1) * 1152]
            #expect(Array(tail) == Array(windows[((window + 1) * 1152)..<((window + 1) * 1152 + 576)]))
        }
        #expect(Array(windows[(3 * 1152 + 576)..<4 * 1152]) != Array(windows[4 * 1152..<4 * 1152 + 576]))
    }

    @Test func bodyAccelerationIsTotalLessOneG() {
        let windows = SyntheticHARTests.data.test.values
        for reading in stride(from: 0, to: windows.count, by: 9) {
            let gravity = (0..<3).map { Double(windows[reading + 6 + $0]) - Double(windows[reading + $0]) }
            let magnitude = gravity.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard abs(magnitude - 1) < 1e-6 else {
                Issue.record("reading \(reading / 9): gravity of \(magnitude) g")
                return
            }
            guard windows[reading..<reading + 9].allSatisfy({ abs($0) < 4 }) else {
                Issue.record("reading \(reading / 9) is out of any phone's range")
                return
            }
        }
    }

    /// Means of gravity and deviations of motion, the nearest class mean: it learns much and not all.
    @Test func isLearnableAndNotTrivial() {
        let data = SyntheticHARTests.data
        let all = [Int](0..<9)
        let accuracy = centroidAccuracy(
            train: features(data.train), data.train.labels, test: features(data.test), data.test.labels, all)
        #expect(accuracy > 0.6, "accuracy \(accuracy)")
        #expect(accuracy < 1, "accuracy \(accuracy)")
        // No single value does.
        for feature in 0..<9 {
            let alone = centroidAccuracy(
                train: features(data.train), data.train.labels, test: features(data.test), data.test.labels, [feature])
            #expect(alone < 0.7, "feature \(feature) alone: \(alone)")
        }
    }

    /// Means of the three total accelerations, deviations of the six others; standardized by nobody: [count][9].
    private func features(_ recordings: WindowSet) -> [[Double]] {
        let readings = recordings.values
        return (0..<recordings.count).map { window in
            (0..<9).map { channel in
                let values = (0..<128).map { Double(readings[(window * 128 + $0) * 9 + channel]) }
                let mean = values.reduce(0, +) / 128
                return channel >= 6 ? mean : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 128).squareRoot()
            }
        }
    }

    /// Share of test windows whose nearest class mean, in units of each feature's spread, is their own.
    private func centroidAccuracy(
        train: [[Double]], _ labels: [Int32], test: [[Double]], _ truth: [Int32], _ used: [Int]
    ) -> Double {
        var means = [[Double]](repeating: [Double](repeating: 0, count: 9), count: 6)
        var spread = [Double](repeating: 0, count: 9)
        for feature in used {
            let mean = train.reduce(0) { $0 + $1[feature] } / Double(train.count)
            spread[feature] = train.reduce(0) { $0 + ($1[feature] - mean) * ($1[feature] - mean) } / Double(train.count)
            for activity in 0..<6 {
                let members = train.indices.filter { labels[$0] == activity }
                means[activity][feature] = members.reduce(0) { $0 + train[$1][feature] } / Double(members.count)
            }
        }
        func distance(_ window: [Double], _ activity: Int) -> Double {
            used.reduce(0) { sum, feature in
                let difference = window[feature] - means[activity][feature]
                return sum + difference * difference / spread[feature]
            }
        }
        let right = test.indices.count { index in
            (0..<6).min { distance(test[index], $0) < distance(test[index], $1) } == Int(truth[index])
        }
        return Double(right) / Double(test.count)
    }
}
