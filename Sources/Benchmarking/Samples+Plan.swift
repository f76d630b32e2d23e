extension Samples {
    /// How long to measure.
    public struct Plan: Equatable, Sendable {
        /// Calls before the clock counts; nil: as many as take a fifth of `seconds`, at least 3.
        public var warmup: Int?
        /// Calls that are timed; nil: as many as take `seconds`, at least 5, and 5 where no warm-up tells what a call takes.
        public var repetitions: Int?
        /// The time to measure for.
        public var seconds = 1.0
        /// The seconds that all calls may take together, the warm-up's too; nil: as many as they take. One call is made in any case.
        public var budget: Double?

        /// The plan of all defaults.
        public init() {}

        /// The most times that are kept: of more calls every n-th is timed.
        public static let most = 1000
        /// Fewer calls are timed only where `repetitions` or `budget` say so.
        public static let leastCalls = 5
        static let leastWarmup = 3

        /// How often work is called.
        public struct Calls: Equatable, Sendable {
            /// Before the clock counts.
            public let warmup: Int
            /// Under the clock.
            public let timed: Int

            /// So many calls.
            public init(warmup: Int, timed: Int) {
                self.warmup = warmup
                self.timed = timed
            }
        }

        /// How often work is called.
        ///
        /// What does not fit the budget is left out in this order: the warm-up but for one call, calls that are timed but for one, and
        /// that one of the warm-up.
        /// - Parameter each: The seconds that a call takes; 0 before the first.
        public func calls(each: Double) -> Calls {
            func count(_ seconds: Double) -> Int { Int(min(1e9, seconds / max(each, 1e-9))) }
            let warmup = warmup ?? max(Plan.leastWarmup, count(seconds / 5 + each))
            let timed = repetitions ?? (self.warmup == 0 ? Plan.leastCalls : max(Plan.leastCalls, count(seconds)))
            guard let budget else { return Calls(warmup: warmup, timed: timed) }
            let all = max(1, count(budget))
            guard all > 1 else { return Calls(warmup: 0, timed: 1) }
            let kept = min(warmup, max(1, all - min(timed, Plan.leastCalls)))
            return Calls(warmup: kept, timed: min(timed, all - kept))
        }

        /// The seconds that the calls of work take together.
        /// - Parameter each: The seconds of one call.
        public func seconds(each: Double) -> Double {
            let calls = calls(each: each)
            return Double(calls.warmup + calls.timed) * each
        }

        /// The plan of calls that are made twice, with half of the budget for each.
        public var twice: Plan {
            var half = self
            half.budget = budget.map { $0 / 2 }
            return half
        }

        /// Whether the budget has time for one more call, as long as those before.
        /// - Parameters:
        ///   - calls: The calls so far, at least one.
        ///   - seconds: What they took together.
        public func allowsAnother(after calls: Int, taking seconds: Double) -> Bool {
            budget.map { seconds + seconds / Double(calls) <= $0 } ?? true
        }

        /// Whether the budget has left fewer times than there are at least.
        public func hasCutShort(_ samples: Samples) -> Bool {
            budget != nil && samples.seconds.count < min(repetitions ?? Plan.leastCalls, Plan.leastCalls)
        }
    }
}
