/// Where the gradients of a step meet: the lanes of this process, and those of others that train the same model.
///
/// What else processes must agree on (a batch's weight, its losses, when to stop) has no place here yet: one process is all there is.
/// Lanes are added in their order over all processes, ((l0 + l1) + l2) ..., so that the same lanes give the same bits wherever they ran.
public protocol GradientExchange: Sendable {
    /// Sums a part of the gradient over all lanes.
    ///
    /// Called once in a step for each part, by several threads at a time. It must not allocate.
    /// - Parameters:
    ///   - part: Which of the weights, as offsets into their arena.
    ///   - total: The part as the first own lane has it; at the end that of all lanes. What the lanes before it add up to can be added
    ///     to it in place, since a + b and b + a are the same bits.
    ///   - own: Adds the part of the other own lanes, in their order.
    @_lifetime(total: copy total)
    func sum(_ part: Range<Int>, into total: inout MutableSpan<Float>, adding own: (inout MutableSpan<Float>) -> Void)
}

/// One process alone: its own lanes are all there are.
public struct LocalExchange: GradientExchange {
    /// An exchange with nobody.
    public init() {}

    @_lifetime(total: copy total)
    public func sum(_ part: Range<Int>, into total: inout MutableSpan<Float>, adding own: (inout MutableSpan<Float>) -> Void) {
        own(&total)
    }
}
