import Memory

/// An owned block of 32-bit floats with a shape: rank 0 (a scalar) to 4, row-major, a value like an array.
///
/// Tensors are for data, results and tests: every operation returns a new one. The layers' hot paths work on slots of an `Arena`.
///
/// What the shapes of the operands can make impossible is a method that throws a `ShapeError`; operators and subscripts stop the
/// program with the same text. An axis may be counted from the end (-1 is the last); an index of an element may not.
/// Two tensors are equal when their shapes and all their elements are (so a tensor that holds a NaN equals nothing).
public struct Tensor: Equatable, Sendable {
    /// The extents.
    public let shape: Shape
    /// The elements in row-major order: the last axis runs fastest.
    public internal(set) var values: [Float]

    /// A tensor of elements in row-major order.
    /// - Throws: `ShapeError` when the shape does not have that many elements.
    public init(_ shape: Shape, _ values: [Float]) throws(ShapeError) {
        try Tensor.check(shape, count: values.count)
        self.init(trusting: shape, values)
    }

    /// A tensor of a copy of elements in row-major order, such as a slot of an arena.
    /// - Throws: `ShapeError` when the shape does not have that many elements.
    public init(_ shape: Shape, copying elements: Span<Float>) throws(ShapeError) {
        try Tensor.check(shape, count: elements.count)
        self.init(trusting: shape, elements.indices.map { elements[$0] })
    }

    private static func check(_ shape: Shape, count: Int) throws(ShapeError) {
        guard shape.count == count else {
            throw ShapeError("tensor", shape, hint: "the shape has \(shape.count) elements, but \(count) values are given")
        }
    }

    /// A tensor whose count of values the caller has computed from the shape.
    package init(trusting shape: Shape, _ values: [Float]) {
        assert(shape.count == values.count, "\(values.count) values for the shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// The number of dimensions.
    public var rank: Int { shape.rank }

    /// The number of elements.
    public var count: Int { values.count }

    /// The only element of a tensor of one element, whatever its rank; stops the program for any other.
    public var scalar: Float {
        guard count == 1 else {
            return orTrap { () throws(ShapeError) in
                throw ShapeError("scalar", shape, hint: "a tensor of \(count) elements is not one number")
            }
        }
        return values[0]
    }
}

extension Tensor {
    /// The element at an index of a tensor of rank 1.
    public subscript(i: Int) -> Float {
        get { values[place(1, i)] }
        set { values[place(1, i)] = newValue }
    }

    /// The element at the indices of a tensor of rank 2.
    public subscript(i: Int, j: Int) -> Float {
        get { values[place(2, i, j)] }
        set { values[place(2, i, j)] = newValue }
    }

    /// The element at the indices of a tensor of rank 3.
    public subscript(i: Int, j: Int, k: Int) -> Float {
        get { values[place(3, i, j, k)] }
        set { values[place(3, i, j, k)] = newValue }
    }

    /// The element at the indices of a tensor of rank 4.
    public subscript(i: Int, j: Int, k: Int, l: Int) -> Float {
        get { values[place(4, i, j, k, l)] }
        set { values[place(4, i, j, k, l)] = newValue }
    }

    /// Where the element at the first `count` indices stands; stops the program when there is none.
    private func place(_ count: Int, _ i: Int, _ j: Int = 0, _ k: Int = 0, _ l: Int = 0) -> Int {
        let indices = SIMD4(i, j, k, l)
        return orTrap { () throws(ShapeError) in
            guard count == rank else {
                throw ShapeError("index", shape, hint: "\(count) indices for \(rank) dimensions; write 0... for a whole axis")
            }
            var place = 0
            for axis in 0..<rank {
                guard indices[axis] >= 0 && indices[axis] < shape[axis] else {
                    throw ShapeError(
                        "index", shape, hint: "index \(indices[axis]) of axis \(axis) is outside 0 ..< \(shape[axis])")
                }
                place = place * shape[axis] + indices[axis]
            }
            return place
        }
    }
}
