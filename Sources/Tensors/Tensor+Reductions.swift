/// Reductions of all elements to one number. Sums are kept in double precision.
extension Tensor {
    /// The sum of all elements; 0 of an empty tensor.
    public func sum() -> Float { reduced(SumReduction()) }

    /// The mean of all elements; NaN of an empty tensor.
    public func mean() -> Float { reduced(MeanReduction()) }

    /// The mean squared distance from the mean, Σ (x - mean)² / (count - correction); NaN when the divisor is not positive.
    /// - Parameter correction: 0 for the variance of these elements, 1 to estimate that of what they are a sample of.
    public func variance(correction: Int = 0) -> Float { reduced(VarianceReduction(correction: correction)) }

    /// The largest element; NaN when there is one.
    /// - Throws: `ShapeError` for an empty tensor.
    public func max() throws(ShapeError) -> Float { try extreme(.largest, "max").value }

    /// The smallest element; NaN when there is one.
    /// - Throws: `ShapeError` for an empty tensor.
    public func min() throws(ShapeError) -> Float { try extreme(.smallest, "min").value }

    /// The place, in row-major order, of the largest element: the first of equal ones, or the first NaN.
    /// - Throws: `ShapeError` for an empty tensor.
    public func argmax() throws(ShapeError) -> Int { try extreme(.largest, "argmax").position }

    private func extreme(_ reduction: ExtremeReduction, _ operation: String) throws(ShapeError) -> (value: Float, position: Int) {
        guard count > 0 else { throw ShapeError(operation, shape, hint: "there are no elements") }
        return reduced(reduction)
    }

    private func reduced<R: Reduction>(_ initial: R) -> R.Outcome {
        reduceRows(outer: 1, extent: count, inner: 1, from: initial)[0]
    }
}

/// Reductions along one axis, which disappears or, with `keepDimensions`, stays with the extent 1. All throw a `ShapeError` when
/// the axis does not exist.
extension Tensor {
    /// The sums along an axis; 0 over an empty one.
    public func sum(axis: Int, keepDimensions: Bool = false) throws(ShapeError) -> Tensor {
        try reduced(axis, keepDimensions, "sum", from: SumReduction()) { $0 }
    }

    /// The means along an axis; NaN over an empty one.
    public func mean(axis: Int, keepDimensions: Bool = false) throws(ShapeError) -> Tensor {
        try reduced(axis, keepDimensions, "mean", from: MeanReduction()) { $0 }
    }

    /// The variances along an axis, as `variance(correction:)`.
    public func variance(axis: Int, correction: Int = 0, keepDimensions: Bool = false) throws(ShapeError) -> Tensor {
        try reduced(axis, keepDimensions, "variance", from: VarianceReduction(correction: correction)) { $0 }
    }

    /// The largest elements along an axis, which must not be empty.
    public func max(axis: Int, keepDimensions: Bool = false) throws(ShapeError) -> Tensor {
        try checkNotEmpty(axis, "max")
        return try reduced(axis, keepDimensions, "max", from: ExtremeReduction.largest, \.value)
    }

    /// The smallest elements along an axis, which must not be empty.
    public func min(axis: Int, keepDimensions: Bool = false) throws(ShapeError) -> Tensor {
        try checkNotEmpty(axis, "min")
        return try reduced(axis, keepDimensions, "min", from: ExtremeReduction.smallest, \.value)
    }

    /// The positions of the largest elements along an axis, which must not be empty, in row-major order of the other axes: the
    /// class of every row of scores [rows, classes] is `argmax(axis: 1)`.
    public func argmax(axis: Int) throws(ShapeError) -> [Int] {
        try checkNotEmpty(axis, "argmax")
        return try outcomes(axis, "argmax", from: ExtremeReduction.largest).map(\.position)
    }

    /// The shares e^x / Σ e^x along an axis, which sum to 1; the largest x is taken off first, so no e^x overflows.
    public func softmax(axis: Int = -1) throws(ShapeError) -> Tensor {
        let powers = try belowLargest(axis, "softmax").exp()
        return powers / (try powers.sum(axis: axis, keepDimensions: true))
    }

    /// The logarithms of the shares of `softmax(axis:)`, x - log Σ e^x, exact also where the share itself rounds to 0.
    public func logSoftmax(axis: Int = -1) throws(ShapeError) -> Tensor {
        let distances = try belowLargest(axis, "log-softmax")
        return distances - (try distances.exp().sum(axis: axis, keepDimensions: true).log())
    }

    /// Every element less the largest of its row along the axis; an empty tensor as it is.
    private func belowLargest(_ axis: Int, _ operation: String) throws(ShapeError) -> Tensor {
        let axis = try shape.resolved(axis: axis, operation: operation)
        return count == 0 ? self : self - (try max(axis: axis, keepDimensions: true))
    }

    private func checkNotEmpty(_ axis: Int, _ operation: String) throws(ShapeError) {
        let axis = try shape.resolved(axis: axis, operation: operation)
        guard shape[axis] > 0 else { throw ShapeError(operation, shape, hint: "axis \(axis) is empty") }
    }

    private func reduced<R: Reduction>(
        _ axis: Int, _ keepDimensions: Bool, _ operation: String, from initial: R, _ value: (R.Outcome) -> Float
    ) throws(ShapeError) -> Tensor {
        let values = try outcomes(axis, operation, from: initial).map(value)
        let resolved = try shape.resolved(axis: axis, operation: operation)
        return Tensor(trusting: shape.reducing(axis: resolved, keepDimensions: keepDimensions), values)
    }

    private func outcomes<R: Reduction>(
        _ axis: Int, _ operation: String, from initial: R
    ) throws(ShapeError) -> [R.Outcome] {
        let axis = try shape.resolved(axis: axis, operation: operation)
        return reduceRows(
            outer: shape.countBefore(axis: axis), extent: shape[axis], inner: shape.countAfter(axis: axis), from: initial)
    }

    /// The one reduction loop, over the values as [outer, extent, inner]: one outcome for each of [outer, inner].
    ///
    /// The rows of `inner` are read as they lie in memory, each with a state of its own, so that the loop vectorises.
    private func reduceRows<R: Reduction>(outer: Int, extent: Int, inner: Int, from initial: R) -> [R.Outcome] {
        var outcomes: [R.Outcome] = []
        outcomes.reserveCapacity(outer * inner)
        let source = values.span
        var states = [R](repeating: initial, count: inner)
        var span = states.mutableSpan
        for o in 0..<outer {
            for k in 0..<extent {
                let start = (o * extent + k) * inner
                let row = source.extracting(start..<start + inner)
                for i in 0..<inner { span[i].take(row[i], at: k) }
            }
            for i in 0..<inner {
                outcomes.append(span[i].outcome)
                span[i] = initial
            }
        }
        return outcomes
    }
}
