import Benchmarking
import Testing

/// Statistics of times, against numpy's of the same numbers, and how often work is called.
@Suite struct SamplesTests {
    @Test func statisticsAreThoseOfNumpy() {
        // numpy.percentile(a, [50, 90, 99]), a.mean(), a.std(ddof=1)
        let samples = Samples([4, 1, 3, 2, 10])
        #expect(samples.minimum == 1 && samples.mean == 4 && samples.percentile(0.5) == 3)
        #expect(abs(samples.percentile(0.9) - 7.6) < 1e-12 && abs(samples.percentile(0.99) - 9.76) < 1e-12)
        #expect(abs(samples.standardDeviation - 3.5355339059327378) < 1e-12)
        #expect(samples.percentile(0) == 1 && samples.percentile(1) == 10)
        #expect(Samples([2]).standardDeviation == 0 && Samples([2]).percentile(0.9) == 2)
    }

    private func calls(_ plan: Samples.Plan) -> (calls: Int, samples: Samples) {
        var calls = 0
        let samples = Samples(of: Workload { calls += 1 }, plan)
        return (calls, samples)
    }

    @Test func warmUpIsCalledAndNotCounted() {
        var plan = Samples.Plan()
        (plan.warmup, plan.repetitions) = (7, 20)
        let (calls, samples) = calls(plan)
        #expect(calls == 27 && samples.seconds.count == 20 && samples.seconds.allSatisfy { $0 >= 0 })
    }

    @Test func ofManyCallsSomeAreTimed() {
        var plan = Samples.Plan()
        (plan.warmup, plan.repetitions) = (0, 2500)
        let (calls, samples) = calls(plan)
        #expect(calls == 2500 && samples.seconds.count == 834)
        plan.repetitions = Samples.Plan.most
        #expect(self.calls(plan).samples.seconds.count == Samples.Plan.most)
    }

    @Test func withoutANumberTheTimeDecides() {
        var plan = Samples.Plan()
        plan.seconds = 0.02
        let (calls, samples) = calls(plan)
        // How many is a matter of the machine; there are warm-up calls besides, and never too few or too many that are timed.
        #expect((5...Samples.Plan.most).contains(samples.seconds.count) && calls >= samples.seconds.count + 3)
        // Work that takes longer than the plan is still called a few times.
        var slow = 0
        plan.seconds = 1e-9
        plan.warmup = 0
        #expect(Samples(of: Workload { slow += 1 }, plan).seconds.count == 5 && slow == 5)
    }
}
