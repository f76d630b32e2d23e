import Golden
import HartrainTesting
import Memory
import StrictJSON
import Testing

@testable import Layers

/// Random stacks of layers of 1 to 600 channels, odd sizes at every block's edge, 1 to 70 rows: what PyTorch computes in double
/// precision. See Tests/Golden/Layers/stacks.py.
@Suite struct GoldenStackTests {
    private static let golden = try? Golden("Layers/stacks")
    private static let stacks: [JSON] = (golden?.file.metadata["stacks"]).flatMap { try? JSON.parse($0) }?.asArray ?? []

    /// Of an output, relative to its largest value.
    private let tolerance = 1e-5
    /// Of a gradient's products with random vectors, relative to the norms.
    private let gradientTolerance = 2e-5

    @Test func thereAreSixty() { #expect(GoldenStackTests.stacks.count == 60) }

    @Test(arguments: 0..<60) func equalsPyTorch(number: Int) throws {
        let golden = try #require(GoldenStackTests.golden)
        let stack = GoldenStackTests.stacks[number]
        let extents = try #require(stack["input"]?.asArray).compactMap(\.asInt)
        let rows = try #require(stack["rows"]?.asInt)
        let layers = try LayerKinds.standard.layers(try #require(stack["layers"]), context: "layers")
        let bench = try LayerBench(layers, input: Shape(extents), rows: rows)
        let key = UInt64(number) << 32
        // PyTorch counts an LSTM's second biases, which are 0, as parameters.
        let scales = try #require(stack["scales"]?.asObject)
        var keys: [String: UInt64] = [:]
        for (index, member) in scales.members.enumerated() { keys[member.key] = key + UInt64(index + 1) * 16 }
        for parameter in bench.parameters {
            let scale = Float(try #require(scales[parameter.name]?.asDouble))
            let drawn = values(try #require(keys[parameter.name]), parameter.shape.count).map { $0 * scale }
            bench.state.set(parameter, to: parameter.memoryOrder(drawn.span))
        }
        let x = values(key, rows * extents.reduce(1, *))
        let expected = try golden.floats("\(number).y")
        #expect(relativeDifference(bench.forward(x, mode: .inference), expected) <= tolerance)
        let y = bench.forward(x)
        #expect(relativeDifference(y, expected) <= tolerance)
        let dx = bench.backward(x: x, y: y, dy: values(key + 1, y.count))
        #expect(difference(dx, key + 8, try golden.floats("\(number).dx")) <= gradientTolerance, "gradient of the input")
        for weight in bench.weights {
            let gradient = weight.fileOrder(bench.gradient(weight).span)
            let products = try golden.floats("\(number).grad.\(weight.name)")
            #expect(
                difference(gradient, try #require(keys[weight.name]) + 8, products) <= gradientTolerance,
                "gradient of \(weight.name)")
        }
    }

    /// The largest difference of a gradient's norm, and of its products with four random vectors, from those expected; relative to the
    /// norm, and to what such a product is in the mean.
    private func difference(_ gradient: [Float], _ key: UInt64, _ expected: [Float]) -> Double {
        let norm = Double(expected[0])
        let own = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        var largest = abs(own - norm)
        for index in 0..<4 {
            let vector = values(key + UInt64(index), gradient.count)
            let product = zip(gradient, vector).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            largest = max(largest, abs(product - Double(expected[1 + index])))
        }
        return norm > 0 ? largest / norm : largest
    }

    private func values(_ key: UInt64, _ count: Int) -> [Float] {
        (0..<count).map { Float(SplitMix64.word(key: key, counter: UInt64($0)) >> 40) / Float(1 << 23) - 1 }
    }
}
