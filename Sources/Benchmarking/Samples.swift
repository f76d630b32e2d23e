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

    /// How long to measure.
    public struct Plan: Equatable, Sendable {
        /// Calls before the clock counts; nil: as many as take a fifth of `seconds`, at least 3.
        public var warmup: Int?
        /// Calls that are timed; nil: as many as take `seconds`, at least 5.
        public var repetitions: Int?
        /// The time to measure for.
        public var seconds = 1.0

        /// The plan of all defaults.
        public init() {}

        /// The most times that are kept: of more calls every n-th is timed.
        public static let most = 1000
        static let leastCalls = 5
        static let leastWarmup = 3
    }

    /// Measures a piece of work to the end of the plan, as `init(of:_:beforeEachCall:)` does.
    public init(of work: Workload, _ plan: Plan) {
        self.init(of: work, plan, beforeEachCall: {})
    }

    /// Measures a piece of work.
    ///
    /// Of calls so short that the plan has more than `Plan.most`, those timed are spread evenly over all.
    /// - Parameter check: Called before each call of the work, outside the clock; what it throws ends the measuring.
    public init(of work: Workload, _ plan: Plan, beforeEachCall check: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        let warming = clock.now
        var warmed = 0
        if let warmup = plan.warmup {
            while warmed < warmup {
                try check()
                work.run()
                warmed += 1
            }
        } else {
            while warmed < Plan.leastWarmup || (clock.now - warming) / .seconds(1) < plan.seconds / 5 {
                try check()
                work.run()
                warmed += 1
            }
        }
        let calls: Int
        if let repetitions = plan.repetitions {
            calls = repetitions
        } else if warmed == 0 {
            calls = Plan.leastCalls
        } else {
            let each = (clock.now - warming) / .seconds(1) / Double(warmed)
            calls = max(Plan.leastCalls, Int(min(1e9, plan.seconds / max(each, 1e-9))))
        }
        let stride = (calls + Plan.most - 1) / Plan.most
        var times: [Double] = []
        times.reserveCapacity(calls / stride + 1)
        for call in 0..<calls {
            try check()
            guard call.isMultiple(of: stride) else {
                work.run()
                continue
            }
            let start = clock.now
            work.run()
            times.append((clock.now - start) / .seconds(1))
        }
        self.init(times)
    }
}
