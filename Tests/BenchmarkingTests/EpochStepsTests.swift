import Benchmarking
import HAR
import Layers
import Testing

/// When an epoch is computed from its steps, and what comes of it.
@Suite struct EpochStepsTests {
    private func plan(_ budget: Double?) -> Samples.Plan {
        var plan = Samples.Plan()
        plan.budget = budget
        return plan
    }

    @Test func theLastStepIsSmallerAndCountsOnce() {
        let steps = EpochSteps(windows: 5514, batch: 600)
        #expect((steps.full, steps.last) == (9, 114))
        #expect(steps.seconds(step: 2, lastStep: 0.5) == 18.5)
        #expect(steps.estimate(step: 2) == 18.38)
        // Without one its time is nobody's.
        let even = EpochSteps(windows: 5514, batch: 1)
        #expect((even.full, even.last) == (5514, 0) && even.seconds(step: 0.5, lastStep: 9) == 2757)
        #expect(EpochSteps(windows: 10, batch: 16).seconds(step: 7, lastStep: 3) == 3)
    }

    @Test func anEpochThatFitsOnceIsTimed() {
        let steps = EpochSteps(windows: 100, batch: 10)
        #expect(!steps.exceeds(plan(20), step: 2) && steps.exceeds(plan(20), step: 2.01))
        #expect(!steps.exceeds(plan(nil), step: 1e6))
        // The last step counts by its windows.
        #expect(!EpochSteps(windows: 25, batch: 10).exceeds(plan(20), step: 8))
        #expect(EpochSteps(windows: 25, batch: 10).exceeds(plan(20), step: 8.1))
    }

    @Test func anEpochOfOneStepIsTimed() {
        for batch in [100, 101, 6000] { #expect(!EpochSteps(windows: 100, batch: batch).exceeds(plan(1), step: 1000)) }
        #expect(EpochSteps(windows: 100, batch: 99).exceeds(plan(1), step: 1000))
    }

    @Test func theSmallerStepCanBeTimedByItself() throws {
        let recipe = StudyModel.cnn.recipe(batch: 8)
        try Workload.step(StudyModel.cnn.description, recipe: recipe, last: 3, threads: 2).run()
    }

    /// What an epoch refuses for the windows of its last step, the step refuses as well.
    @Test func aSmallerStepOfTooFewWindowsIsRefused() {
        let model = ModelDescription(
            name: "normalized", input: [128, 9],
            network: Sequential {
                GlobalAveragePool1D()
                BatchNorm1D()
                Dense(6)
            })
        let recipe = StudyModel.cnn.recipe(batch: 8)
        let error = #expect(throws: ModelError.self) { _ = try Workload.step(model, recipe: recipe, last: 1, threads: 1) }
        #expect(error?.reason.hasPrefix("the last batch of an epoch has 1 window, too few") == true)
    }
}
