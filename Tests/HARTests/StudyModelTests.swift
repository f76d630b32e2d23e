import HAR
import Testing
import Training

@Suite struct StudyModelTests {
    @Test(arguments: StudyModel.allCases) func recipesAreTheStudys(_ model: StudyModel) {
        let recipe = model.recipe(batch: nil)
        let isRecurrent = model == .lstm || model == .cnnLSTM
        #expect(recipe.epochs == 1000)
        #expect(recipe.batch == 600)
        #expect(recipe.learningRate == 1e-4)
        #expect(recipe.optimizer == .adam(Adam()))
        #expect(recipe.schedule == .constant)
        #expect(recipe.clip == (isRecurrent ? .value(1) : .none))
    }

    @Test(arguments: StudyModel.allCases) func oneWindowAtATimeRecurrentModelsLearnFaster(_ model: StudyModel) {
        let recipe = model.recipe(batch: 1)
        let isRecurrent = model == .lstm || model == .cnnLSTM
        #expect(recipe.batch == 1)
        #expect(recipe.learningRate == (isRecurrent ? 1e-3 : 1e-4))
        #expect(recipe.schedule == (isRecurrent ? .cosine(warmup: 0, floor: 0) : .constant))
        #expect(model.recipe(batch: 2).learningRate == 1e-4)
    }
}
