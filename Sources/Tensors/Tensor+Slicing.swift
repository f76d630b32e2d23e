import Memory

/// What may stand for one axis inside the brackets of a tensor: a range, which keeps the axis, or an index, which drops it.
public protocol TensorIndex: Sendable {
    /// The part of the axis that is meant.
    var tensorRange: TensorRange { get }
}

/// A part of an axis, not yet checked against its extent.
public struct TensorRange: Equatable, Sendable {
    /// The first index.
    public let lower: Int
    /// The index behind the last; nil reaches to the end of the axis.
    public let upper: Int?
    /// Whether the result has this axis; a single index drops it.
    public let keepsAxis: Bool

    public init(lower: Int, upper: Int?, keepsAxis: Bool = true) {
        self.lower = lower
        self.upper = upper
        self.keepsAxis = keepsAxis
    }

    /// A whole axis.
    static let all = TensorRange(lower: 0, upper: nil)
}

extension Int: TensorIndex {
    public var tensorRange: TensorRange { TensorRange(lower: self, upper: self + 1, keepsAxis: false) }
}

extension Range: TensorIndex where Bound == Int {
    public var tensorRange: TensorRange { TensorRange(lower: lowerBound, upper: upperBound) }
}

extension ClosedRange: TensorIndex where Bound == Int {
    public var tensorRange: TensorRange { TensorRange(lower: lowerBound, upper: upperBound + 1) }
}

extension PartialRangeFrom: TensorIndex where Bound == Int {
    public var tensorRange: TensorRange { TensorRange(lower: lowerBound, upper: nil) }
}

extension PartialRangeUpTo: TensorIndex where Bound == Int {
    public var tensorRange: TensorRange { TensorRange(lower: 0, upper: upperBound) }
}

extension PartialRangeThrough: TensorIndex where Bound == Int {
    public var tensorRange: TensorRange { TensorRange(lower: 0, upper: upperBound + 1) }
}

extension Tensor {
    /// A part of the tensor, one index or range an axis: `t[1..<3, 0...]` is two rows, `t[4, 0...]` one row as a vector.
    ///
    /// `0...` is a whole axis; axes behind the last given are whole. A value that is set is broadcast to the part. Indices outside
    /// the tensor stop the program; `slice(axis:range:)` throws instead.
    // Indices alone mean an element unless a tensor is asked for: `t[0, 1] += 2` is arithmetic on a number.
    @_disfavoredOverload
    public subscript(indices: any TensorIndex...) -> Tensor {
        get {
            let region = orTrap { () throws(ShapeError) in try self.region(indices.map(\.tensorRange)) }
            return gathered(region.layout, as: region.shape)
        }
        set {
            let region = orTrap { () throws(ShapeError) in try self.region(indices.map(\.tensorRange)) }
            let source = orTrap { () throws(ShapeError) in try newValue.broadcast(to: region.shape) }
            let extents = Shape((0..<Shape.maximumRank).map { region.layout.extents[$0] })
            var span = values.mutableSpan
            copyElements(source.values.span, ElementLayout(extents), to: &span, region.layout)
        }
    }

    /// The part of the tensor within a range of indices along one axis, which it keeps.
    /// - Throws: `ShapeError` when the axis does not exist or the range leaves it.
    public func slice(axis: Int, range: Range<Int>) throws(ShapeError) -> Tensor {
        let axis = try shape.resolved(axis: axis, operation: "slice")
        let region = try region([TensorRange](repeating: .all, count: axis) + [range.tensorRange])
        return gathered(region.layout, as: region.shape)
    }

    /// Where the elements of a part stand, and the shape of the part.
    private func region(_ ranges: [TensorRange]) throws(ShapeError) -> (layout: ElementLayout, shape: Shape) {
        guard ranges.count <= rank else {
            throw ShapeError("slice", shape, hint: "\(ranges.count) ranges for \(rank) dimensions")
        }
        var layout = ElementLayout(shape)
        var extents: [Int] = []
        for axis in 0..<rank {
            let range = axis < ranges.count ? ranges[axis] : .all
            let slot = ElementLayout.slot(axis, rank: rank)
            let lower = range.lower
            let upper = range.upper ?? shape[axis]
            guard lower >= 0 && lower <= upper && upper <= shape[axis] else {
                let asked = range.keepsAxis ? "\(lower) ..< \(upper)" : "index \(lower)"
                throw ShapeError("slice", shape, hint: "\(asked) of axis \(axis) is outside 0 ..< \(shape[axis])")
            }
            layout.start += lower * layout.strides[slot]
            layout.extents[slot] = upper - lower
            if range.keepsAxis { extents.append(upper - lower) }
        }
        return (layout, Shape(extents))
    }
}
