import Kernels

/// y = 1 / (1 + e^-x), with dy/dx = y (1 - y).
public struct Sigmoid: Activation {
    public static let kind = "Sigmoid"
    public static let defaultName = "sigmoid"

    public var name: String

    public init(name: String = "") {
        self.name = name
    }

    @_lifetime(y: copy y)
    public static func apply(_ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        sigmoidForward(x, &y)
    }

    @_lifetime(dx: copy dx)
    public static func applyGradient(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        sigmoidBackward(y: y, dy: dy, dx: &dx)
    }
}
