import Layers
import Memory
import Platform
import Synchronization
import Testing

@testable import Training

@Suite struct GradientExchangeTests {
    /// Doubles the sum of the own lanes, and notes which parts it was asked for.
    private final class Doubling: GradientExchange {
        let parts = Mutex<[Range<Int>]>([])

        @_lifetime(total: copy total)
        func sum(_ part: Range<Int>, into total: inout MutableSpan<Float>, adding own: (inout MutableSpan<Float>) -> Void) {
            own(&total)
            for i in total.indices { total[i] *= 2 }
            parts.withLock { $0.append(part) }
        }
    }

    /// Enough weights for several parts.
    private let wide = ModelDescription(
        name: "wide", input: [8, 3],
        network: Sequential {
            Flatten()
            Dense(900)
            Dense(3)
        })

    private func step(_ exchange: any GradientExchange) throws -> TrainingStep {
        let data = waves(rows: 30)
        let step = try TrainingStep(
            wide, recipe: Recipe(epochs: 1, batch: 30, learningRate: 0), data: data, exchange: exchange,
            pool: ThreadPool(threads: 2))
        _ = try #require(step.run(order: (0..<Int32(30)).map { $0 }, batch: 0..<30, number: 0, rate: 0))
        return step
    }

    /// Every weight's gradient goes through the exchange once, and what it makes of it is what the optimizer sees.
    @Test func everyGradientGoesThroughTheExchangeOnce() throws {
        let exchange = Doubling()
        let (doubled, local) = (try step(exchange), try step(LocalExchange()))
        let (two, one) = (doubled.gradient.read(doubled.gradient.all), local.gradient.read(local.gradient.all))
        #expect(one.indices.contains { one[$0] != 0 })
        #expect(one.indices.allSatisfy { two[$0] == 2 * one[$0] })
        let parts = exchange.parts.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(parts.count > 1)
        #expect(parts.first?.lowerBound == 0)
        #expect(parts.last?.upperBound == local.model.weightCount)
        for (part, next) in zip(parts, parts.dropFirst()) { #expect(part.upperBound == next.lowerBound) }
    }

    /// Leaves what the first lane has.
    private struct FirstLane: GradientExchange {
        @_lifetime(total: copy total)
        func sum(_ part: Range<Int>, into total: inout MutableSpan<Float>, adding own: (inout MutableSpan<Float>) -> Void) {}
    }

    /// What the first lane has is its share of as many lanes as the recipe says.
    @Test(arguments: [5, 12, 20]) func theRecipeSaysTheLanes(lanes: Int) throws {
        let data = waves(rows: 40)
        var recipe = Recipe(epochs: 1, batch: 40, learningRate: 0)
        recipe.maximumLanes = lanes
        let step = try TrainingStep(
            wide, recipe: recipe, data: data, exchange: FirstLane(), pool: ThreadPool(threads: 2))
        let order = (0..<Int32(40)).map { $0 }
        _ = try #require(step.run(order: order, batch: 0..<40, number: 0, rate: 0))
        let worker = LaneWorker(step.model, standardization: .none, training: true)
        worker.train(
            PackedWeights(step.model, state: step.state, forTraining: true), data, order: order, batch: 0..<40,
            share: Sharding.part(0, of: lanes, rows: 40), loss: SoftmaxCrossEntropy(), scale: 1 / 40, dropoutKey: 0,
            parts: GradientParts(weightCount: step.model.weightCount, deferred: []), team: .alone)
        // As one word: of so many numbers, the differences take half a minute to find.
        let isEqual = bits(step.gradient) == bits(worker.lane.gradients)
        #expect(isEqual)
    }
}
