import Benchmarking
import HAR
import Layers
import Testing

/// Stages one by one: all of a model's work, each call counted.
@Suite struct LayerProfileTests {
    private var plan: Samples.Plan {
        var plan = Samples.Plan()
        (plan.warmup, plan.repetitions) = (1, 3)
        return plan
    }

    @Test(arguments: StudyModel.allCases) func theStagesAreAllOfTheModel(_ study: StudyModel) throws {
        let model = try Model(study.description, maximumRows: 1)
        let stages = model.stages
        #expect(stages.reduce(0) { $0 + $1.forwardOperations } == model.operationsPerRow)
        let backward = stages.reduce(0) { $0 + $1.backwardOperations }
        #expect(backward == 2 * model.operationsPerRow - stages[0].forwardOperations)
        #expect(model.trainingOperationsPerRow == model.operationsPerRow + backward)
    }

    @Test func layersThatAreComputedAsOneAreNamedTogether() throws {
        let model = try Model(StudyModel.cnn.description, maximumRows: 1)
        #expect(model.stages.map(\.name) == (1...4).map { "conv\($0)+relu\($0)+pool\($0)" } + ["dropout", "dense"])
    }

    @Test(arguments: [false, true]) func everyStageIsTimedInEveryCall(_ training: Bool) throws {
        for study in [StudyModel.cnn, .lstm] {
            let profile = try LayerProfile(study.description, windows: 17, training: training, plan)
            let names = try Model(study.description, maximumRows: 1).stages.map(\.name)
            #expect(profile.forward.map(\.stage.name) == names)
            #expect(profile.backward.map(\.stage.name) == (training ? names : []))
            for entry in profile.forward + profile.backward {
                #expect(entry.samples.seconds.count == 3 && entry.samples.minimum > 0)
            }
        }
    }

    /// No time is asserted: no call leaves time for another.
    @Test func aCallThatLeavesNoTimeIsTheOnlyOneOfEveryStage() throws {
        var plan = Samples.Plan()
        plan.budget = 1e-12
        var batches = 0
        let profile = try LayerProfile(StudyModel.lstm.description, windows: 2, training: true, plan) { batches += 1 }
        #expect(batches == 1)
        for entry in profile.forward + profile.backward {
            #expect(entry.samples.seconds.count == 1 && entry.samples.minimum > 0)
        }
    }
}
