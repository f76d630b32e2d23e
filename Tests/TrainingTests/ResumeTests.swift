import Kernels
import Layers
import Memory
import Platform
import Testing

@testable import Training

@Suite struct ResumeTests {
    private func trainer(target: Double? = nil) throws -> Trainer {
        var recipe = Recipe(epochs: 3, batch: 10, learningRate: 0.02)
        recipe.schedule = .cosine(warmup: 1, floor: 0.1)
        recipe.patience = 5
        recipe.evaluateEvery = 2
        recipe.targetAccuracy = target
        return try Trainer(
            mixed, recipe: recipe, training: waves(rows: 25), validation: waves(rows: 9, seed: 2), pool: ThreadPool(threads: 2))
    }

    /// Trains until a number of events have been reported.
    private func run(_ trainer: Trainer, events: Int) throws -> StopReason {
        var seen = 0
        return try trainer.fit { _ in
            seen += 1
            return seen == events ? .stop : .continue
        }
    }

    private func copy(_ arena: Arena, to other: Arena) {
        var target = other.write(other.all)
        Kernels.copy(arena.read(arena.all), to: &target)
    }

    /// Three batches and the epoch's end are four events; after each of the twelve the run is taken up by another trainer.
    @Test(arguments: 1...12)
    func continuesToTheSameBits(_ events: Int) throws {
        let whole = try trainer()
        #expect(try whole.fit { _ in .continue } == .finished)

        let first = try trainer()
        #expect(try run(first, events: events) == .stopped)
        let second = try trainer()
        second.step.state.copy(from: first.step.state)
        second.bestState.copy(from: first.bestState)
        copy(first.step.optimizerState, to: second.step.optimizerState)
        second.resume(first.progress)
        #expect(try second.fit { _ in .continue } == .finished)
        #expect(Outcome(second) == Outcome(whole))
    }

    /// Everything that is copied matters: without it the bits differ.
    @Test func forgettingTheOptimizerStateShows() throws {
        let whole = try trainer()
        _ = try whole.fit { _ in .continue }
        let first = try trainer()
        _ = try run(first, events: 2)
        let second = try trainer()
        second.step.state.copy(from: first.step.state)
        second.resume(first.progress)
        _ = try second.fit { _ in .continue }
        #expect(Outcome(second).weights != Outcome(whole).weights)
    }

    /// A run that is over stays so, for the reason that ended it.
    @Test(arguments: [StopReason.finished, .targetAccuracy])
    func aRunThatIsOverStaysOver(_ reason: StopReason) throws {
        let trainer = try trainer(target: reason == .targetAccuracy ? 0.01 : nil)
        #expect(try trainer.fit { _ in .continue } == reason)
        let outcome = Outcome(trainer)
        trainer.resume(trainer.progress)
        #expect(try trainer.fit { _ in .continue } == reason)
        #expect(Outcome(trainer) == outcome)
    }
}
