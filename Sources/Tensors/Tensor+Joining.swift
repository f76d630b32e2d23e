extension Tensor {
    /// The tensors behind one another along an axis they all have; their other extents are equal.
    /// - Throws: `ShapeError` for no tensors, different ranks, or other extents that differ.
    public static func concatenated(_ parts: [Tensor], axis: Int = 0) throws(ShapeError) -> Tensor {
        guard let first = parts.first else { throw ShapeError("concatenate", hint: "there are no tensors to join") }
        let axis = try first.shape.resolved(axis: axis, operation: "concatenate")
        for part in parts {
            guard part.rank == first.rank else {
                throw ShapeError(
                    "concatenate", first.shape, part.shape, hint: "the ranks \(first.rank) and \(part.rank) differ")
            }
            for other in 0..<first.rank where other != axis && part.shape[other] != first.shape[other] {
                throw ShapeError(
                    "concatenate", first.shape, part.shape,
                    hint:
                        "the extents \(first.shape[other]) and \(part.shape[other]) of axis \(other) differ; only those of axis \(axis) may"
                )
            }
        }

        let shape = first.shape.replacing(axis: axis, with: parts.reduce(0) { $0 + $1.shape[axis] })
        var layout = ElementLayout(shape)
        let slot = ElementLayout.slot(axis, rank: shape.rank)
        var values = [Float](repeating: 0, count: shape.count)
        var span = values.mutableSpan
        for part in parts {
            layout.extents[slot] = part.shape[axis]
            copyElements(part.values.span, ElementLayout(part.shape), to: &span, layout)
            layout.start += part.shape[axis] * layout.strides[slot]
        }
        return Tensor(trusting: shape, values)
    }

    /// Tensors of one shape as a tensor with one more axis, which counts them.
    /// - Throws: `ShapeError` for no tensors, shapes that differ, or four dimensions already.
    public static func stacked(_ parts: [Tensor], axis: Int = 0) throws(ShapeError) -> Tensor {
        guard let first = parts.first else { throw ShapeError("stack", hint: "there are no tensors to join") }
        if let other = parts.first(where: { $0.shape != first.shape }) {
            throw ShapeError("stack", first.shape, other.shape, hint: "only tensors of one shape can be stacked")
        }
        var expanded: [Tensor] = []
        for part in parts { expanded.append(try part.expanded(at: axis)) }
        return try concatenated(expanded, axis: axis)
    }

    /// The rows (parts along the first axis) at these indices, in this order; an index may come more than once.
    /// - Throws: `ShapeError` for a scalar and for an index that is no row.
    public func gatherRows(_ indices: [Int]) throws(ShapeError) -> Tensor {
        guard rank > 0 else { throw ShapeError("gather", shape, hint: "a scalar has no rows") }
        let width = shape.countAfter(axis: 0)
        var result: [Float] = []
        result.reserveCapacity(indices.count * width)
        for index in indices {
            guard index >= 0 && index < shape[0] else {
                throw ShapeError("gather", shape, hint: "row \(index) is outside 0 ..< \(shape[0])")
            }
            result.append(contentsOf: values[index * width..<(index + 1) * width])
        }
        return Tensor(trusting: shape.replacing(axis: 0, with: indices.count), result)
    }
}
