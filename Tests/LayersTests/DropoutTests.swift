import HartrainTesting
import Memory
import Testing

@testable import Layers

@Suite struct DropoutTests {
    private func bench(_ layer: any Layer, rows: Int, firstRow: Int = 0, key: UInt64 = 1) throws -> LayerBench {
        let bench = try LayerBench([layer], input: [4, 25], rows: rows)
        bench.firstRow = firstRow
        bench.dropoutKey = key
        return bench
    }

    /// 40,000 values: the share dropped is within five deviations of the rate.
    @Test(arguments: [0.1, 0.5, 0.9])
    func dropsItsRateAndKeepsTheMean(_ rate: Double) throws {
        let y = try bench(Dropout(rate), rows: 400).forward(Array(repeating: 1, count: 40_000))
        let dropped = Double(y.count { $0 == 0 }) / 40_000
        #expect(abs(dropped - rate) < 5 * (rate * (1 - rate) / 40_000).squareRoot())
        #expect(y.allSatisfy { $0 == 0 || $0 == 1 / (1 - Float(rate)) })
        #expect(abs(y.reduce(0) { $0 + Double($1) } / 40_000 - 1) < 5 * (rate / (1 - rate) / 40_000).squareRoot())
    }

    /// Rows get the same mask whether they come in one pass or, as on lanes, in several.
    @Test(arguments: [Dropout(0.5), LSTM(3, layers: 2, dropout: 0.5), LSTM(3, output: .sequence, dropout: 0.3)] as [any Layer])
    func masksFollowRowsNotPasses(_ layer: any Layer) throws {
        var random = Random(seed: 2, stream: .initialization)
        let x = random.floats(7 * 100)
        let whole = try bench(layer, rows: 7)
        whole.randomize(&random)
        let y = whole.forward(x)
        var parts: [Float] = []
        for rows in [0..<3, 3..<4, 4..<7] {
            let part = try bench(layer, rows: rows.count, firstRow: rows.lowerBound)
            part.state.copy(from: whole.state)
            parts += part.forward(Array(x[rows.lowerBound * 100..<rows.upperBound * 100]))
        }
        #expect(parts.count == y.count)
        for (part, value) in zip(parts, y) { #expect(abs(part - value) < 1e-6) }
    }

    @Test func everyStepRowAndLayerHasAMaskOfItsOwn() throws {
        let ones = [Float](repeating: 1, count: 200)
        let y = try bench(Dropout(0.5), rows: 2).forward(ones)
        #expect(Array(y[..<100]) != Array(y[100...]))
        #expect(try bench(Dropout(0.5), rows: 2, key: 2).forward(ones) != y)
        let twice = try LayerBench([Dropout(0.5), Dropout(0.5)], input: [4, 25], rows: 2)
        // Were both masks equal, the values would be 0 and 4 in equal numbers.
        #expect(abs(twice.forward(ones).count { $0 == 4 } - 50) < 25)
    }

    @Test(arguments: [Dropout(0.5), LSTM(25, output: .sequence, dropout: 0.5)] as [any Layer])
    func dropsNothingInPredictions(_ layer: any Layer) throws {
        var random = Random(seed: 3, stream: .initialization)
        let x = random.floats(200)
        let dropping = try bench(layer, rows: 2)
        dropping.randomize(&random)
        let y = dropping.forward(x, mode: .inference)
        guard let lstm = layer as? LSTM else {
            #expect(y == x)
            return
        }
        let plain = try bench(LSTM(lstm.units, output: lstm.output), rows: 2)
        plain.state.copy(from: dropping.state)
        #expect(plain.forward(x, mode: .inference) == y)
    }
}
