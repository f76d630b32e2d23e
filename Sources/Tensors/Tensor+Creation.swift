import Memory

extension Tensor {
    /// A scalar: rank 0, one element.
    public init(_ value: Float) {
        self.init(trusting: [], [value])
    }

    /// A vector [count].
    public init(_ values: [Float]) {
        self.init(trusting: [values.count], values)
    }

    /// A matrix [rows, columns].
    /// - Throws: `ShapeError` when the rows have different lengths.
    public init(_ rows: [[Float]]) throws(ShapeError) {
        try self.init(nesting: rows.map { Tensor($0) }, emptyRank: 2)
    }

    /// A tensor of rank 3 from equal matrices.
    /// - Throws: `ShapeError` when the matrices or their rows differ.
    public init(_ matrices: [[[Float]]]) throws(ShapeError) {
        var parts: [Tensor] = []
        for matrix in matrices { parts.append(try Tensor(matrix)) }
        try self.init(nesting: parts, emptyRank: 3)
    }

    /// The parts stacked; with no parts an empty tensor of a rank that only the caller knows.
    private init(nesting parts: [Tensor], emptyRank: Int) throws(ShapeError) {
        if parts.isEmpty {
            self = Tensor.zeros(Shape([Int](repeating: 0, count: emptyRank)))
        } else {
            self = try Tensor.stacked(parts)
        }
    }

    /// A tensor with every element 0.
    public static func zeros(_ shape: Shape) -> Tensor { full(shape, 0) }

    /// A tensor with every element 1.
    public static func ones(_ shape: Shape) -> Tensor { full(shape, 1) }

    /// A tensor with every element the same.
    public static func full(_ shape: Shape, _ value: Float) -> Tensor {
        Tensor(trusting: shape, [Float](repeating: value, count: shape.count))
    }

    /// The vector start, start + step, start + 2 step ... up to but without `end`; empty when `end` lies the other way.
    /// - Precondition: finite bounds and a finite step that is not 0.
    public static func range(from start: Float = 0, to end: Float, by step: Float = 1) -> Tensor {
        precondition(
            start.isFinite && end.isFinite && step.isFinite && step != 0,
            "range: from \(start) to \(end) by \(step) does not end")
        let first = Double(start)
        let count = Swift.max(0, Int(((Double(end) - first) / Double(step)).rounded(.up)))
        return Tensor((0..<count).map { Float(first + Double($0) * Double(step)) })
    }

    /// The vector of `count` evenly spaced values from `start` to `end`, both included.
    /// - Precondition: a count that is not negative.
    public static func linspace(from start: Float, to end: Float, count: Int) -> Tensor {
        precondition(count >= 0, "linspace: \(count) values cannot be made")
        let step = count > 1 ? (Double(end) - Double(start)) / Double(count - 1) : 0
        var values = (0..<count).map { Float(Double(start) + Double($0) * step) }
        // The last step need not land on the promised end, least of all on a small one.
        if count > 1 { values[count - 1] = end }
        return Tensor(values)
    }

    /// The matrix [size, size] with 1 on the diagonal and 0 elsewhere.
    public static func identity(_ size: Int) -> Tensor {
        var result = zeros([size, size])
        for i in 0..<size { result.values[i * size + i] = 1 }
        return result
    }
}

/// A number or a list of literals: what may stand inside an array literal that becomes a tensor.
public enum TensorLiteral: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, Sendable {
    case number(Float)
    indirect case list([TensorLiteral])

    public init(floatLiteral value: Float) { self = .number(value) }

    public init(integerLiteral value: Int) { self = .number(Float(value)) }

    public init(arrayLiteral elements: TensorLiteral...) { self = .list(elements) }

    fileprivate func tensor() throws(ShapeError) -> Tensor {
        switch self {
        case .number(let value): return Tensor(value)
        case .list(let elements):
            guard !elements.isEmpty else { return Tensor.zeros([0]) }
            var parts: [Tensor] = []
            for element in elements { parts.append(try element.tensor()) }
            return try Tensor.stacked(parts)
        }
    }
}

extension Tensor: ExpressibleByArrayLiteral {
    /// `let a: Tensor = [[1, 2], [3, 4]]`; rows of different lengths stop the program.
    public init(arrayLiteral elements: TensorLiteral...) {
        self = orTrap { () throws(ShapeError) in try TensorLiteral.list(elements).tensor() }
    }
}
