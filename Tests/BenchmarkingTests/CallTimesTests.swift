import Benchmarking
import Testing

/// Which calls are tried for a forecast, and what they say of others.
@Suite struct CallTimesTests {
    /// Calls that take so long for each window, and those that were tried.
    private func times(of batches: [Int], eachWindow seconds: Double, from least: Int = 1) -> (times: CallTimes, tried: [Int]) {
        var tried: [Int] = []
        let times = CallTimes(of: batches) { windows in
            tried.append(windows)
            return windows < least ? nil : Double(windows) * seconds
        }
        return (times, tried)
    }

    @Test func shortCallsAreTriedOneByOne() {
        let (times, tried) = times(of: [16, 1, 600, 16], eachWindow: 0.0005)
        #expect(tried == [1, 16, 600] && times.seconds(windows: 600) == 0.3)
    }

    @Test func longCallsAreToldFromShorterOnes() {
        let (times, tried) = times(of: [1, 16, 600, 6000], eachWindow: 0.0625)
        #expect(tried == [1] && times.seconds(windows: 16) == 1 && times.seconds(windows: 600) == 37.5)
        // Where only large batches are asked for, a small one is tried first.
        let (large, few) = self.times(of: [600], eachWindow: 0.0625)
        #expect(few == [16] && large.seconds(windows: 600) == 37.5)
        let (medium, both) = self.times(of: [600], eachWindow: 0.0005)
        #expect(both == [16, 600] && medium.seconds(windows: 600) == 0.3)
    }

    /// The weights of a large model take as long for one window as for some.
    @Test func theLargestCallSaysMost() {
        let times = CallTimes(of: [1, 4]) { $0 == 1 ? 0.125 : 0.25 }
        #expect(times.seconds(windows: 40) == 2.5 && times.seconds(windows: 3) == 0.375)
    }

    @Test func whatCannotBeCalledHasNoTime() {
        let (times, tried) = times(of: [1, 16], eachWindow: 0.01, from: 2)
        #expect(tried == [1, 16] && times.seconds(windows: 1) == nil && times.seconds(windows: 32) == 0.32)
    }
}
