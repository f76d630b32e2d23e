import Layers
import Memory
import Platform
import Testing

@testable import Training

/// Batch normalisation within training: the statistics of small batches and of an epoch's last one.
@Suite struct BatchNormTrainingTests {
    private static let features = ModelDescription(
        name: "features", input: [8, 3],
        network: Sequential {
            Flatten()
            Dense(16)
            BatchNorm1D()
            ReLU()
            Dense(3)
        })

    /// What a model trained with batches of this size gets right of its own data, as predictions see it.
    private func accuracy(batch: Int) throws -> Double {
        let data = waves(rows: 96)
        var recipe = Recipe(epochs: 1, batch: batch, learningRate: 1e-2)
        recipe.seed = 3
        let pool = ThreadPool(threads: 2)
        let step = try TrainingStep(BatchNormTrainingTests.features, recipe: recipe, data: data, pool: pool)
        let order = (0..<Int32(96)).map { $0 * 37 % 96 }
        for number in 0..<240 {
            let first = number * batch % (96 / batch * batch)
            _ = try #require(step.run(order: order, batch: first..<first + batch, number: number, rate: 1e-2))
        }
        return Evaluator(step.model, pool: pool).evaluate(step.state, on: data).accuracy
    }

    /// Lanes of one row would have no variance: training would seem to work, and predictions be no better than chance.
    @Test(arguments: [2, 4, 8, 12, 24, 48, 96]) func predictionsFollowTraining(batch: Int) throws {
        #expect(try accuracy(batch: batch) > 0.9)
    }

    @Test(arguments: [(1, 96, "a batch has 1 window"), (5, 96, "the last batch of an epoch has 1 window")])
    func tooFewRows(batch: Int, rows: Int, reason: String) {
        #expect {
            _ = try TrainingStep(
                BatchNormTrainingTests.features, recipe: Recipe(epochs: 1, batch: batch, learningRate: 0),
                data: waves(rows: rows), pool: ThreadPool(threads: 1))
        } throws: { error in
            (error as? ModelError)?.description.contains(reason) == true
        }
    }

    /// Every batch up to the planned one fits the memory of its lanes, which take their rows in one pass.
    @Test func lanesOfShortBatches() {
        for batch in 1...700 {
            let most = Sharding.rowsPerLane(batch: batch, leastRows: 32, maximum: 12)
            for rows in 1...batch {
                let lanes = Sharding.lanes(rows: rows, leastRows: 32, maximum: 12)
                let largest = (0..<lanes).map { Sharding.part($0, of: lanes, rows: rows).count }.max() ?? 0
                guard largest <= most, lanes == 1 || rows / lanes >= 32 else {
                    Issue.record("\(rows) of \(batch) rows: \(lanes) lanes of up to \(largest), planned \(most)")
                    return
                }
            }
        }
    }
}
