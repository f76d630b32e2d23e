import Memory

extension Tensor {
    /// The same elements in another shape; one extent may be -1 and becomes what is left.
    /// - Throws: `ShapeError` when the counts differ, for a second -1 or another negative extent, and above four dimensions.
    public func reshaped(to dimensions: [Int]) throws(ShapeError) -> Tensor {
        func failure(_ hint: String) -> ShapeError {
            ShapeError(operation: "reshape", shapes: [shape.dimensions, dimensions], hint: hint)
        }
        guard dimensions.count <= Shape.maximumRank else { throw failure("a tensor has at most \(Shape.maximumRank) dimensions") }
        guard dimensions.allSatisfy({ $0 >= -1 }) else { throw failure("an extent is negative") }
        let open = dimensions.indices.filter { dimensions[$0] == -1 }
        guard open.count <= 1 else { throw failure("only one extent may be -1") }

        var known = 1
        for extent in dimensions where extent != -1 {
            let (product, overflow) = known.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw failure("the shape has more elements than can be counted") }
            known = product
        }
        var extents = dimensions
        if let axis = open.first {
            guard known > 0 && count % known == 0 else { throw failure("\(count) elements cannot be divided by \(known)") }
            extents[axis] = count / known
        } else {
            guard known == count else { throw failure("\(count) elements do not fill \(known)") }
        }
        return Tensor(trusting: Shape(extents), values)
    }

    /// The same elements in another shape: `try t.reshaped(2, -1)`.
    /// - Throws: `ShapeError` as `reshaped(to:)`.
    public func reshaped(_ dimensions: Int...) throws(ShapeError) -> Tensor { try reshaped(to: dimensions) }

    /// All elements as one vector [count].
    public func flattened() -> Tensor { Tensor(values) }

    /// The tensor with its axes in the opposite order: [2, 3, 4] becomes [4, 3, 2].
    public func transposed() -> Tensor { permuted((0..<rank).reversed()) }

    /// The tensor with its axes in another order: axis i of the result is axis `permutation[i]` of this one.
    /// - Throws: `ShapeError` when the permutation does not name every axis once.
    public func transposed(_ permutation: [Int]) throws(ShapeError) -> Tensor {
        guard permutation.sorted() == Array(0..<rank) else {
            throw ShapeError("transpose", shape, hint: "\(permutation) does not name each of the \(rank) axes once")
        }
        return permuted(permutation)
    }

    private func permuted(_ permutation: [Int]) -> Tensor {
        let own = ElementLayout(shape)
        var layout = own
        for (axis, source) in permutation.enumerated() {
            let slot = ElementLayout.slot(axis, rank: rank)
            layout.extents[slot] = own.extents[ElementLayout.slot(source, rank: rank)]
            layout.strides[slot] = own.strides[ElementLayout.slot(source, rank: rank)]
        }
        return gathered(layout, as: Shape(permutation.map { shape[$0] }))
    }

    /// The tensor without its axes of extent 1.
    public func squeezed() -> Tensor {
        Tensor(trusting: Shape(shape.dimensions.filter { $0 != 1 }), values)
    }

    /// The tensor without one axis of extent 1.
    /// - Throws: `ShapeError` when the axis does not exist or has another extent.
    public func squeezed(axis: Int) throws(ShapeError) -> Tensor {
        let axis = try shape.resolved(axis: axis, operation: "squeeze")
        guard shape[axis] == 1 else {
            throw ShapeError("squeeze", shape, hint: "axis \(axis) has the extent \(shape[axis]), not 1")
        }
        return Tensor(trusting: shape.reducing(axis: axis, keepDimensions: false), values)
    }

    /// The tensor with one more axis, of extent 1, at this place of the result (-1: behind the last).
    /// - Throws: `ShapeError` when there is no such place or the tensor has four dimensions already.
    public func expanded(at axis: Int) throws(ShapeError) -> Tensor {
        guard rank < Shape.maximumRank else {
            throw ShapeError("expand", shape, hint: "a tensor has at most \(Shape.maximumRank) dimensions")
        }
        guard axis >= -rank - 1 && axis <= rank else {
            throw ShapeError("expand", shape, hint: "place \(axis) is outside \(-rank - 1) ... \(rank)")
        }
        var extents = shape.dimensions
        extents.insert(1, at: axis < 0 ? axis + rank + 1 : axis)
        return Tensor(trusting: Shape(extents), values)
    }

    /// The tensor repeated along axes of extent 1, and along new leading axes, until it has this shape.
    /// - Throws: `ShapeError` when NumPy's rule does not lead there.
    public func broadcast(to target: Shape) throws(ShapeError) -> Tensor {
        guard target != shape else { return self }
        guard try shape.broadcast(with: target) == target else {
            throw ShapeError("broadcast", shape, target, hint: "the first is larger than the second")
        }
        return gathered(ElementLayout(shape).stretched(to: target), as: target)
    }

    /// A tensor of the elements that a layout over this one's values names.
    func gathered(_ layout: ElementLayout, as shape: Shape) -> Tensor {
        // The same extents, dropped axes of extent 1 included, walked in order.
        let extents = Shape((0..<Shape.maximumRank).map { layout.extents[$0] })
        var result = [Float](repeating: 0, count: shape.count)
        var span = result.mutableSpan
        copyElements(values.span, layout, to: &span, ElementLayout(extents))
        return Tensor(trusting: shape, result)
    }
}
