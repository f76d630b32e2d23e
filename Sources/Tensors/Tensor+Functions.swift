import Glibc

/// Functions of every element.
extension Tensor {
    /// e to the power of every element.
    public func exp() -> Tensor { mapped { Glibc.exp($0) } }

    /// The natural logarithm of every element: -infinity of 0, NaN of a negative one.
    public func log() -> Tensor { mapped { Glibc.log($0) } }

    /// The square root of every element: NaN of a negative one.
    public func sqrt() -> Tensor { mapped { $0.squareRoot() } }

    /// The magnitude of every element.
    public func abs() -> Tensor { mapped { $0.magnitude } }

    /// The hyperbolic tangent of every element.
    public func tanh() -> Tensor { mapped { Glibc.tanh($0) } }

    /// 1 / (1 + e^-x) of every element x.
    public func sigmoid() -> Tensor { mapped { 1 / (1 + Glibc.exp(-$0)) } }

    /// Every element x, or 0 where it is negative: max(x, 0).
    public func relu() -> Tensor { maximum(0) }

    /// Every element, moved to the nearest bound when it is outside the range.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        maximum(range.lowerBound).minimum(range.upperBound)
    }
}
