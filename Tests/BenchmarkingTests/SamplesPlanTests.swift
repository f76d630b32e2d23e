import Benchmarking
import Glibc
import Testing

/// How often work of some duration is called: the warm-up, the calls under the clock, and what a budget leaves of both.
@Suite struct SamplesPlanTests {
    private func plan(budget: Double? = nil, _ change: (inout Samples.Plan) -> Void = { _ in }) -> Samples.Plan {
        var plan = Samples.Plan()
        plan.budget = budget
        change(&plan)
        return plan
    }

    private func calls(_ plan: Samples.Plan, each: Double) -> [Int] {
        let calls = plan.calls(each: each)
        return [calls.warmup, calls.timed]
    }

    @Test func shortCallsTakeTheSecondsAndAFifth() {
        for budget in [nil, 20] as [Double?] {
            #expect(calls(plan(budget: budget), each: 1 / 128) == [26, 128])
            #expect(calls(plan(budget: budget), each: 0.5) == [3, 5])
        }
    }

    @Test func withoutABudgetThereAreNeverTooFew() {
        #expect(calls(plan(), each: 100) == [3, 5])
        #expect(plan().seconds(each: 100) == 800)
    }

    /// The warm-up goes first, but for one call; then calls that are timed; a call that fits only once is the timed one.
    @Test(
        arguments: [
            (2, [3, 5]), (2.5, [3, 5]), (2.75, [2, 5]), (3, [1, 5]), (4, [1, 4]), (5, [1, 3]), (8, [1, 1]), (10, [1, 1]),
            (11, [0, 1]),
            (19, [0, 1]), (500, [0, 1]),
        ] as [(Double, [Int])])
    func aBudgetLeavesOutWhatDoesNotFit(_ each: Double, _ expected: [Int]) {
        let plan = plan(budget: 20)
        #expect(calls(plan, each: each) == expected, "\(each) s")
        #expect(plan.seconds(each: each) <= max(20, each))
    }

    @Test func whatIsAskedForCountsWithinTheBudget() {
        #expect(calls(plan(budget: 20) { $0.warmup = 0 }, each: 1 / 128) == [0, 5])
        #expect(calls(plan(budget: 20) { $0.warmup = 1 }, each: 1 / 128) == [1, 128])
        #expect(calls(plan(budget: 20) { $0.warmup = 1 }, each: 1) == [1, 5])
        #expect(calls(plan(budget: 20) { $0.warmup = 9 }, each: 4) == [1, 4])
        #expect(calls(plan(budget: 20) { $0.repetitions = 2 }, each: 4) == [3, 2])
        #expect(calls(plan(budget: 20) { $0.repetitions = 50 }, each: 1) == [3, 17])
        #expect(calls(plan(budget: 0.5), each: 0.001) == [201, 299])
    }

    @Test func aBudgetEndsCallsThatBecomeLonger() {
        #expect(plan(budget: 20).allowsAnother(after: 3, taking: 15))
        #expect(!plan(budget: 20).allowsAnother(after: 3, taking: 15.5))
        #expect(plan().allowsAnother(after: 3, taking: 1e6))
    }

    @Test func callsThatAreMadeTwiceShareTheBudget() {
        #expect(calls(plan(budget: 20).twice, each: 2.5) == [1, 3] && plan().twice == plan())
    }

    @Test func fewerTimesThanTheLeastAreCutShort() {
        let (four, five) = (Samples([1, 1, 1, 1]), Samples([1, 1, 1, 1, 1]))
        #expect(plan(budget: 20).hasCutShort(four) && !plan(budget: 20).hasCutShort(five) && !plan().hasCutShort(four))
        #expect(!plan(budget: 20) { $0.repetitions = 4 }.hasCutShort(four))
    }

    /// No time is asserted: a millisecond of sleep is more than the budget, and before the first call nobody knows of it.
    private func callsOfAMillisecond(_ change: (inout Samples.Plan) -> Void) -> (called: Int, timed: Int) {
        var called = 0
        let work = Workload {
            called += 1
            usleep(1000)
        }
        let samples = Samples(of: work, plan(budget: 1e-6, change))
        return (called, samples.seconds.count)
    }

    @Test func aCallThatLeavesNoTimeIsTheOnlyOne() {
        #expect(callsOfAMillisecond { _ in } == (1, 1))
        #expect(callsOfAMillisecond { $0.warmup = 3 } == (1, 1))
    }

    @Test func callsEndWhereTheBudgetDoes() {
        #expect(callsOfAMillisecond { $0.warmup = 0 } == (1, 1))
    }
}
