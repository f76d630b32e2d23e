import Memory

/// What runs in a bound model: a layer, or several that are computed as one.
public protocol BoundLayer: Sendable {
    /// The name in messages.
    var name: String { get }

    /// Whether y is x and dy is dx, value for value: then nothing runs.
    var isIdentity: Bool { get }

    /// Brings the weights into the order in which the kernels read them.
    func pack(into packed: PackedWeights)

    /// Computes y [rows, output] from x [rows, input].
    @_lifetime(y: copy y)
    func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>)

    /// Computes dx [rows, input] from dy [rows, output] and adds the weights' gradients to the lane's, after `forward` with the
    /// same x and y. An empty dx is not wanted.
    @_lifetime(dx: copy dx)
    func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>)

    /// Adds a part of a gradient that `backward` has left out, in the same pass: see `LayerPlan.deferGradient`. Parts of other layers'
    /// weights are none of this one's business.
    /// - Parameter part: Whole rows of a weight.
    @_lifetime(sums: copy sums)
    func addDeferredGradient(_ pass: Pass, x: Span<Float>, of part: Slot, to sums: inout MutableSpan<Float>)
}

extension BoundLayer {
    public var isIdentity: Bool { false }
    public func pack(into packed: PackedWeights) {}
    @_lifetime(sums: copy sums)
    public func addDeferredGradient(_ pass: Pass, x: Span<Float>, of part: Slot, to sums: inout MutableSpan<Float>) {}
}
