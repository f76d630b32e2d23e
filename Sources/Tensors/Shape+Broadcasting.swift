import Memory

extension Shape {
    /// The shape that both shapes broadcast to by NumPy's rule: aligned at the last axis, extents are equal or one of them is 1.
    /// - Parameter operation: The name an error gives to what was tried.
    /// - Throws: `ShapeError` where two extents differ and neither is 1.
    public func broadcast(with other: Shape, operation: String = "broadcast") throws(ShapeError) -> Shape {
        guard self != other else { return self }
        let wide = rank >= other.rank ? self : other
        let narrow = rank >= other.rank ? other : self
        let lead = wide.rank - narrow.rank
        var extents = wide.dimensions
        for axis in 0..<narrow.rank where extents[lead + axis] != narrow[axis] {
            guard extents[lead + axis] == 1 || narrow[axis] == 1 else {
                let mine = self[rank - narrow.rank + axis]
                let its = other[other.rank - narrow.rank + axis]
                throw ShapeError(operation, self, other, hint: "the extents \(mine) and \(its) differ and neither is 1")
            }
            if extents[lead + axis] == 1 { extents[lead + axis] = narrow[axis] }
        }
        return Shape(extents)
    }

    /// The axis as 0 ..< rank; -1 is the last.
    func resolved(axis: Int, operation: String) throws(ShapeError) -> Int {
        guard axis >= -rank && axis < rank else {
            let hint = rank == 0 ? "a scalar has no axis \(axis)" : "axis \(axis) is outside \(-rank) ... \(rank - 1)"
            throw ShapeError(operation, self, hint: hint)
        }
        return axis < 0 ? axis + rank : axis
    }

    /// The shape without this axis, or with extent 1 in its place.
    func reducing(axis: Int, keepDimensions: Bool) -> Shape {
        var extents = dimensions
        if keepDimensions { extents[axis] = 1 } else { extents.remove(at: axis) }
        return Shape(extents)
    }

    /// The shape with another extent at this axis.
    func replacing(axis: Int, with extent: Int) -> Shape {
        var extents = dimensions
        extents[axis] = extent
        return Shape(extents)
    }

    /// The product of the extents before this axis.
    func countBefore(axis: Int) -> Int { dimensions[..<axis].reduce(1, *) }

    /// The product of the extents behind this axis.
    func countAfter(axis: Int) -> Int { dimensions[(axis + 1)...].reduce(1, *) }
}
