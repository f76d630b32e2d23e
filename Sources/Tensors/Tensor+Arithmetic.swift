extension Tensor {
    /// A tensor of `function` of every element.
    public func map(_ function: (Float) -> Float) -> Tensor { mapped(function) }

    /// A tensor of `function` of every pair of elements, by NumPy's broadcasting rule.
    /// - Parameter operation: The name an error gives to what was tried.
    /// - Throws: `ShapeError` when the shapes cannot be broadcast.
    public func combining(
        _ other: Tensor, operation: String, _ function: (Float, Float) -> Float
    ) throws(ShapeError) -> Tensor {
        try combined(operation, other, function)
    }

    /// Inlined into every caller, so that the function becomes part of the loop and the loop vectorises.
    @inline(__always)
    func mapped(_ function: (Float) -> Float) -> Tensor {
        var result = [Float](repeating: 0, count: count)
        let source = values.span
        var span = result.mutableSpan
        for i in source.indices { span[i] = function(source[i]) }
        return Tensor(trusting: shape, result)
    }

    /// The one broadcast loop; inlined as `mapped` is.
    @inline(__always)
    func combined(
        _ operation: String, _ other: Tensor, _ function: (Float, Float) -> Float
    ) throws(ShapeError) -> Tensor {
        let target = try shape.broadcast(with: other.shape, operation: operation)
        var result = [Float](repeating: 0, count: target.count)
        let left = values.span
        let right = other.values.span
        var span = result.mutableSpan
        var place = 0
        let runs = ElementRuns(
            ElementLayout(shape).stretched(to: target), ElementLayout(other.shape).stretched(to: target))
        // Row-major operands have the stride 0 or 1 within a run, and not both 0: such an axis would have the extent 1.
        let length = runs.length
        for (first, second) in runs {
            if runs.firstStride == 0 {
                let x = left[first]
                let ys = right.extracting(second..<second + length)
                for i in 0..<length { span[place + i] = function(x, ys[i]) }
            } else if runs.secondStride == 0 {
                let xs = left.extracting(first..<first + length)
                let y = right[second]
                for i in 0..<length { span[place + i] = function(xs[i], y) }
            } else {
                let xs = left.extracting(first..<first + length)
                let ys = right.extracting(second..<second + length)
                for i in 0..<length { span[place + i] = function(xs[i], ys[i]) }
            }
            place += length
        }
        return Tensor(trusting: target, result)
    }
}

/// Arithmetic that throws.
extension Tensor {
    /// The elementwise sum, broadcast.
    /// - Throws: `ShapeError` when the shapes cannot be broadcast.
    public func adding(_ other: Tensor) throws(ShapeError) -> Tensor { try combined("add", other) { $0 + $1 } }

    /// The elementwise difference, broadcast.
    /// - Throws: `ShapeError` when the shapes cannot be broadcast.
    public func subtracting(_ other: Tensor) throws(ShapeError) -> Tensor { try combined("subtract", other) { $0 - $1 } }

    /// The elementwise product, broadcast.
    /// - Throws: `ShapeError` when the shapes cannot be broadcast.
    public func multiplied(by other: Tensor) throws(ShapeError) -> Tensor { try combined("multiply", other) { $0 * $1 } }

    /// The elementwise quotient, broadcast.
    /// - Throws: `ShapeError` when the shapes cannot be broadcast.
    public func divided(by other: Tensor) throws(ShapeError) -> Tensor { try combined("divide", other) { $0 / $1 } }

    /// The larger of every pair, broadcast; NaN when either is.
    /// - Throws: `ShapeError` when the shapes cannot be broadcast.
    public func maximum(_ other: Tensor) throws(ShapeError) -> Tensor {
        try combined("maximum", other) { $0 > $1 || $0.isNaN ? $0 : $1 }
    }

    /// The smaller of every pair, broadcast; NaN when either is.
    /// - Throws: `ShapeError` when the shapes cannot be broadcast.
    public func minimum(_ other: Tensor) throws(ShapeError) -> Tensor {
        try combined("minimum", other) { $0 < $1 || $0.isNaN ? $0 : $1 }
    }

    /// Every element, or the number where that is larger.
    public func maximum(_ number: Float) -> Tensor { orTrap { () throws(ShapeError) in try maximum(Tensor(number)) } }

    /// Every element, or the number where that is smaller.
    public func minimum(_ number: Float) -> Tensor { orTrap { () throws(ShapeError) in try minimum(Tensor(number)) } }
}

/// Operators: broadcast, and stop the program with the text of the `ShapeError` that the methods above throw.
extension Tensor {
    public static func + (a: Tensor, b: Tensor) -> Tensor { orTrap { () throws(ShapeError) in try a.adding(b) } }
    public static func - (a: Tensor, b: Tensor) -> Tensor { orTrap { () throws(ShapeError) in try a.subtracting(b) } }
    public static func * (a: Tensor, b: Tensor) -> Tensor { orTrap { () throws(ShapeError) in try a.multiplied(by: b) } }
    public static func / (a: Tensor, b: Tensor) -> Tensor { orTrap { () throws(ShapeError) in try a.divided(by: b) } }

    public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(b) }
    public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(b) }
    public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(b) }
    public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(b) }

    public static func + (a: Float, b: Tensor) -> Tensor { Tensor(a) + b }
    public static func - (a: Float, b: Tensor) -> Tensor { Tensor(a) - b }
    public static func * (a: Float, b: Tensor) -> Tensor { Tensor(a) * b }
    public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }

    public static prefix func - (a: Tensor) -> Tensor { a.mapped { -$0 } }

    public static func += (a: inout Tensor, b: Tensor) { a.assign(a + b, "+=", b) }
    public static func -= (a: inout Tensor, b: Tensor) { a.assign(a - b, "-=", b) }
    public static func *= (a: inout Tensor, b: Tensor) { a.assign(a * b, "*=", b) }
    public static func /= (a: inout Tensor, b: Tensor) { a.assign(a / b, "/=", b) }

    public static func += (a: inout Tensor, b: Float) { a = a + b }
    public static func -= (a: inout Tensor, b: Float) { a = a - b }
    public static func *= (a: inout Tensor, b: Float) { a = a * b }
    public static func /= (a: inout Tensor, b: Float) { a = a / b }

    /// Takes the result of an operator that must not change the shape.
    private mutating func assign(_ result: Tensor, _ operation: String, _ other: Tensor) {
        self = orTrap { () throws(ShapeError) in
            guard result.shape == shape else {
                throw ShapeError(operation, shape, other.shape, hint: "the result would be \(result.shape)")
            }
            return result
        }
    }
}

/// Comparisons element by element, broadcast: 1 where they hold, 0 elsewhere (also where an element is NaN, but `.!=` gives 1).
extension Tensor {
    public static func .== (a: Tensor, b: Tensor) -> Tensor { a.compared(".==", b) { $0 == $1 } }
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { a.compared(".!=", b) { $0 != $1 } }
    public static func .< (a: Tensor, b: Tensor) -> Tensor { a.compared(".<", b) { $0 < $1 } }
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { a.compared(".<=", b) { $0 <= $1 } }
    public static func .> (a: Tensor, b: Tensor) -> Tensor { a.compared(".>", b) { $0 > $1 } }
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { a.compared(".>=", b) { $0 >= $1 } }

    public static func .== (a: Tensor, b: Float) -> Tensor { a .== Tensor(b) }
    public static func .!= (a: Tensor, b: Float) -> Tensor { a .!= Tensor(b) }
    public static func .< (a: Tensor, b: Float) -> Tensor { a .< Tensor(b) }
    public static func .<= (a: Tensor, b: Float) -> Tensor { a .<= Tensor(b) }
    public static func .> (a: Tensor, b: Float) -> Tensor { a .> Tensor(b) }
    public static func .>= (a: Tensor, b: Float) -> Tensor { a .>= Tensor(b) }

    @inline(__always)
    private func compared(_ operation: String, _ other: Tensor, _ holds: (Float, Float) -> Bool) -> Tensor {
        orTrap { () throws(ShapeError) in try combined(operation, other) { holds($0, $1) ? 1 : 0 } }
    }
}
