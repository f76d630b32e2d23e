import HartrainTesting
import Memory
import StrictJSON
import Testing

@testable import Layers

/// Checks everything that `Layer` promises of layers one behind the other: the shapes and names of a binding, the same output for
/// the same input, gradients equal to central differences for every weight and every input value, gradients that are added to those
/// there, an unwanted input gradient, passes of fewer rows than planned, and the way through a model file and back.
/// - Parameters:
///   - output: The expected shape of one row's output.
///   - parameters: The expected weights and statistics, as "conv.weight [2, 3, 5]".
///   - hasKinks: Whether some derivative jumps (ReLU, max-pooling), so that differences near a jump are left out.
func checkLayer(
    _ layers: [any Layer], input: Shape, output: Shape, parameters: [String], rows: Int, plannedRows: Int, hasKinks: Bool
) throws {
    var random = Random(seed: 7, stream: .initialization)
    let bench = try LayerBench(layers, input: input, rows: rows, plannedRows: plannedRows)
    #expect(bench.output == output)
    #expect(bench.parameters.map { "\($0.name) \($0.shape)" } == parameters)
    bench.randomize(&random)
    let x = random.floats(rows * input.count)
    let dy = random.floats(rows * output.count)

    let y = bench.forward(x)
    #expect(y.allSatisfy { $0.isFinite })
    #expect(bench.forward(x) == y)
    let dx = bench.backward(x: x, y: y, dy: dy)
    let gradients = bench.gradients

    #expect(bench.gradientMismatches(x: x, dy: dy, dx: dx, hasKinks: hasKinks) == [])
    checkAccumulation(bench, x: x, y: y, dy: dy, gradients: gradients)
    try checkRows(bench, layers, x: x, y: y, dy: dy, dx: dx, gradients: gradients)
    try checkFields(bench, layers, x: x, y: y)
}

/// Gradients are added to those that are there, and do not depend on whether the input's is wanted.
private func checkAccumulation(_ bench: LayerBench, x: [Float], y: [Float], dy: [Float], gradients: [Float]) {
    var random = Random(seed: 8, stream: .initialization)
    let before = random.floats(gradients.count)
    bench.gradients = before
    _ = bench.forward(x)
    _ = bench.backward(x: x, y: y, dy: dy)
    for (sum, (old, new)) in zip(bench.gradients, zip(before, gradients)) {
        #expect(abs(sum - (old + new)) <= 1e-5 * max(1, abs(new)))
    }
    bench.gradients = Array(repeating: 0, count: gradients.count)
    _ = bench.forward(x)
    #expect(bench.backward(x: x, y: y, dy: dy, wantsInput: false) == [])
    #expect(bench.gradients == gradients)
}

/// Memory planned for exactly these rows gives the same bits as memory planned for more.
private func checkRows(
    _ bench: LayerBench, _ layers: [any Layer], x: [Float], y: [Float], dy: [Float], dx: [Float], gradients: [Float]
) throws {
    let exact = try LayerBench(layers, input: bench.input, rows: bench.rows)
    exact.state.copy(from: bench.state)
    #expect(exact.forward(x) == y)
    #expect(exact.backward(x: x, y: y, dy: dy) == dx)
    #expect(exact.gradients == gradients)
}

/// A model file gives the same layers back: the same fields, and the same output.
private func checkFields(_ bench: LayerBench, _ layers: [any Layer], x: [Float], y: [Float]) throws {
    let written = JSON.array(layers.map(LayerKinds.json))
    let read = try LayerKinds.standard.layers(try JSON.parse(written.serialized()), context: "test")
    #expect(JSON.array(read.map(LayerKinds.json)) == written)
    let again = try LayerBench(read, input: bench.input, rows: bench.rows)
    #expect(again.parameters.map(\.name) == bench.parameters.map(\.name))
    again.state.copy(from: bench.state)
    #expect(again.forward(x) == y)
}
