import Memory
import Tensors
import Testing

/// Expects the shape and, within a relative distance (absolute below 1), every element.
func expect(
    _ tensor: Tensor, isClose expected: Tensor, within tolerance: Float = 1e-6, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(tensor.shape == expected.shape, sourceLocation: sourceLocation)
    guard tensor.shape == expected.shape else { return }
    for (value, wanted) in zip(tensor.values, expected.values) {
        let distance = (value - wanted).magnitude
        #expect(distance <= tolerance * max(1, wanted.magnitude), "\(value), not \(wanted)", sourceLocation: sourceLocation)
    }
}

/// Expects a shape error of exactly this text.
func expectShapeError<Value>(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws(ShapeError) -> Value
) {
    do {
        let value = try body()
        Issue.record("no error, but \(value)", sourceLocation: sourceLocation)
    } catch {
        #expect(error.description == text, sourceLocation: sourceLocation)
    }
}

/// The tensor 0, 1, 2 ... of a shape: every element is its own place.
func counting(_ shape: Shape) -> Tensor {
    var next: Float = -1
    return Tensor.zeros(shape).map { _ in
        next += 1
        return next
    }
}
