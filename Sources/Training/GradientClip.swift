import Kernels

/// A limit on gradients before the optimizer sees them.
public enum GradientClip: Equatable, Sendable {
    case none
    /// Each value to -limit ... limit, as PyTorch's `clip_grad_value_`.
    case value(Double)
    /// All gradients together to a Euclidean norm of at most the limit, as PyTorch's `clip_grad_norm_`.
    case norm(Double)

    /// Clips a gradient in place.
    @_lifetime(gradient: copy gradient)
    public func apply(_ gradient: inout MutableSpan<Float>) {
        switch self {
        case .none: return
        case .value(let limit): clip(&gradient, to: Float(limit))
        case .norm(let limit):
            let norm = sumOfSquares(gradient.span).squareRoot()
            if norm > limit { scale(&gradient, by: Float(limit / (norm + 1e-6))) }
        }
    }
}
