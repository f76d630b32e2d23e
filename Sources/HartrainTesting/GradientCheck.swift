import Layers
import Memory

/// Checks the hand-written `backward` of layers, one behind the other: the gradients of every weight and of every input value must be
/// the slopes of sum(y dy) by central differences, for random weights, inputs and dy, in single precision to 3e-4 of the largest. A
/// second backward must add to the gradients that are there, and one that is not asked for the input's must give the same.
///
/// - Parameters:
///   - layers: The layers, unbound.
///   - input: The shape of one row's input: [steps, channels] or [features]. Small shapes check as much as large ones.
///   - rows: Rows of the pass.
///   - hasKinks: Whether some derivative jumps (as ReLU's at 0), so that places where slopes disagree near a jump are left out.
///   - seed: Which random values.
/// - Throws: A `GradientCheckError` that names every value that is not the slope, a `ModelError` where the layers do not fit the input.
public func checkGradients(
    of layers: [any Layer], input: Shape, rows: Int = 3, hasKinks: Bool = false, seed: UInt64 = 7
) throws {
    // Memory for more rows than there are, as a batch's last pass has it.
    let bench = try LayerBench(layers, input: input, rows: rows, plannedRows: rows + 2)
    var random = Random(seed: seed, stream: .initialization)
    bench.randomize(&random)
    let x = random.floats(rows * input.count)
    let dy = random.floats(rows * bench.output.count)
    let y = bench.forward(x)
    let dx = bench.backward(x: x, y: y, dy: dy)
    let gradients = bench.gradients
    var mismatches = bench.gradientMismatches(x: x, dy: dy, dx: dx, hasKinks: hasKinks)
    mismatches += bench.accumulationMismatches(gradients, x: x, y: y, dy: dy)
    guard mismatches.isEmpty else { throw GradientCheckError(mismatches: mismatches) }
}

/// Gradients that are not the slopes of what they are gradients of.
public struct GradientCheckError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The values, as "scale.weight[2]: the gradient is 0.5, the slope 1.0".
    public let mismatches: [String]

    /// The first values, each on a line.
    public var description: String {
        let shown = 8
        let more = mismatches.count > shown ? ["and \(mismatches.count - shown) more"] : []
        return (mismatches.prefix(shown) + more).joined(separator: "\n")
    }
}

extension LayerBench {
    /// Where a backward does not add to what it finds, or depends on whether the input's gradient is wanted.
    fileprivate func accumulationMismatches(_ once: [Float], x: [Float], y: [Float], dy: [Float]) -> [String] {
        func differing(_ expected: (Float) -> Float) -> [String] {
            weights.compactMap { weight in
                let measured = gradient(weight)
                let wanted = once[weight.slot.offset..<weight.slot.offset + weight.slot.count].map(expected)
                let differs = zip(measured, wanted).contains { !(abs($0 - $1) <= 1e-5 * max(1, abs($1))) }
                return differs ? weight.name : nil
            }
        }
        gradients = once
        _ = forward(x)
        _ = backward(x: x, y: y, dy: dy)
        var mismatches = differing { 2 * $0 }.map { "\($0): backward must add to the gradient that is there" }
        gradients = Array(repeating: 0, count: once.count)
        _ = forward(x)
        _ = backward(x: x, y: y, dy: dy, wantsInput: false)
        mismatches += differing { $0 }.map { "\($0): the gradient is another where the input's is not wanted" }
        return mismatches
    }

    /// Where gradients are not the slopes of the loss sum(y dy), after `forward` and `backward` with these values and gradients that
    /// began at zero.
    package func gradientMismatches(x: [Float], dy: [Float], dx: [Float], hasKinks: Bool) -> [String] {
        func loss(_ x: [Float]) -> Double {
            zip(forward(x), dy).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        var moved = x
        var mismatches = HartrainTesting.gradientMismatches("input", dx, hasKinks: hasKinks) { index in
            let slope = Slope(at: x[index]) { value in
                moved[index] = value
                return loss(moved)
            }
            moved[index] = x[index]
            return slope
        }
        for weight in weights {
            let values = state.values(weight)
            var moved = values
            mismatches += HartrainTesting.gradientMismatches(weight.name, gradient(weight), hasKinks: hasKinks) { index in
                let slope = Slope(at: values[index]) { value in
                    moved[index] = value
                    state.set(weight, to: moved)
                    return loss(x)
                }
                moved[index] = values[index]
                state.set(weight, to: values)
                return slope
            }
        }
        return mismatches
    }
}
