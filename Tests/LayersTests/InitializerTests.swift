import HartrainTesting
import Memory
import Testing

@testable import Layers

@Suite struct InitializerTests {
    private func filled(_ initializer: Initializer, rows: Int, columns: Int, inputs: Int, outputs: Int) -> [Float] {
        var random = Random(seed: 4, stream: .initialization)
        var values = [Float](repeating: .nan, count: rows * columns)
        var span = values.mutableSpan
        initializer.fill(&span, rows: rows, columns: columns, inputs: inputs, outputs: outputs, using: &random)
        return values
    }

    private func deviation(_ values: [Float]) -> Double {
        (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
    }

    /// Uniform within sqrt(6 / (20 + 40)), whose deviation is the limit over sqrt(3).
    @Test func glorot() {
        let values = filled(.glorot, rows: 100, columns: 100, inputs: 20, outputs: 40)
        let limit = 0.1.squareRoot()
        #expect(values.allSatisfy { abs(Double($0)) <= limit })
        #expect(values.contains { Double($0) > 0.99 * limit } && values.contains { Double($0) < -0.99 * limit })
        #expect(abs(deviation(values) - limit / 3.0.squareRoot()) < 0.005)
    }

    @Test func he() {
        #expect(abs(deviation(filled(.he, rows: 100, columns: 100, inputs: 50, outputs: 1)) - 0.2) < 0.005)
    }

    @Test(arguments: [(4, 12), (12, 4), (5, 5), (1, 3)])
    func orthogonal(_ rows: Int, _ columns: Int) {
        let values = filled(.orthogonal, rows: rows, columns: columns, inputs: rows, outputs: columns)
        let vectors = (0..<min(rows, columns)).map { index -> [Float] in
            if rows <= columns { return Array(values[index * columns..<(index + 1) * columns]) }
            return (0..<rows).map { values[$0 * columns + index] }
        }
        for (i, a) in vectors.enumerated() {
            for (j, b) in vectors.enumerated() {
                let product = zip(a, b).reduce(0.0) { sum, pair in sum + Double(pair.0) * Double(pair.1) }
                let expected = i == j ? 1.0 : 0.0
                #expect(abs(product - expected) < 1e-6)
            }
        }
    }

    @Test func zeros() {
        #expect(filled(.zeros, rows: 3, columns: 2, inputs: 1, outputs: 1).allSatisfy { $0 == 0 })
    }

    /// A model's first values: the same for a seed, weights by their initialiser, the LSTM's forget gate open.
    @Test func modelsBeginWhereTheirSeedSays() throws {
        let model = try Model(
            ModelDescription(
                name: "test", input: [4, 2],
                network: Sequential([
                    Conv1D(3, kernel: 2, initializer: .zeros), BatchNorm1D(), LSTM(2), Dense(2, initializer: .he),
                ])), maximumRows: 1)
        func state(_ seed: UInt64) -> [String: [Float]] {
            let state = ModelState(model)
            model.initialize(state, seed: seed)
            return Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, state.values($0)) })
        }
        let first = state(1)
        #expect(first == state(1))
        #expect(first["dense.weight"] != state(2)["dense.weight"])
        #expect(first["conv.weight"]?.allSatisfy { $0 == 0 } == true)
        #expect(first["norm.weight"] == [1, 1, 1])
        #expect(first["norm.running_var"] == [1, 1, 1])
        #expect(first["norm.running_mean"] == [0, 0, 0])
        #expect(first["lstm.bias_ih_l0"] == [0, 0, 1, 1, 0, 0, 0, 0])
        #expect(first["dense.bias"] == [0, 0])
    }
}
