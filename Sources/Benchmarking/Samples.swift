/// Times of the same work, again and again, in seconds.
public struct Samples: Equatable, Sendable {
    /// The times, in the order in which they were taken; at least one.
    public let seconds: [Double]
    private let sorted: [Double]

    /// - Precondition: There is at least one time.
    public init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty, "no times were taken")
        self.seconds = seconds
        sorted = seconds.sorted()
    }

    /// The shortest time.
    public var minimum: Double { sorted[0] }

    /// The arithmetic mean.
    public var mean: Double { seconds.reduce(0, +) / Double(seconds.count) }

    /// The standard deviation of a sample (n - 1); 0 for a single time.
    public var standardDeviation: Double {
        guard seconds.count > 1 else { return 0 }
        let mean = mean
        return (seconds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(seconds.count - 1)).squareRoot()
    }

    /// The time that a share of the calls did not exceed, between two samples on the line through them (numpy's "linear").
    /// - Parameter share: 0 to 1; 0.5 is the median.
    public func percentile(_ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }

    /// Measures a piece of work to the end of the plan, as `init(of:_:beforeEachCall:)` does.
    public init(of work: Workload, _ plan: Plan) {
        self.init(of: work, plan, beforeEachCall: {})
    }

    /// Measures a piece of work.
    ///
    /// Of calls so short that the plan has more than `Plan.most`, those timed are spread evenly over all. Where the first call leaves no
    /// time for another in the plan's budget, its time is the only one.
    /// - Parameter check: Called before each call of the work, outside the clock; what it throws ends the measuring.
    public init(of work: Workload, _ plan: Plan, beforeEachCall check: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        let start = clock.now
        var warmed = 0
        // What a call takes, as far as it is known; 0: nobody knows yet.
        var each = 0.0
        while warmed < plan.calls(each: each).warmup {
            try check()
            work.run()
            warmed += 1
            each = (clock.now - start) / .seconds(1) / Double(warmed)
        }
        let calls = plan.calls(each: each)
        if warmed == 1, calls.warmup == 0 {
            self.init([each])
            return
        }
        let stride = (calls.timed + Plan.most - 1) / Plan.most
        var times: [Double] = []
        times.reserveCapacity(calls.timed / stride + 1)
        for call in 0..<calls.timed {
            try check()
            guard call.isMultiple(of: stride) else {
                work.run()
                continue
            }
            let before = clock.now
            work.run()
            let after = clock.now
            times.append((after - before) / .seconds(1))
            // Calls that become longer than those of the warm-up keep to the budget as well.
            guard plan.allowsAnother(after: warmed + call + 1, taking: (after - start) / .seconds(1)) else { break }
        }
        self.init(times)
    }
}
