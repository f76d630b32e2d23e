import Kernels

/// y = max(0, x), with dy/dx = 1 where y > 0.
public struct ReLU: Activation {
    public static let kind = "ReLU"
    public static let defaultName = "relu"

    public var name: String

    public init(name: String = "") {
        self.name = name
    }

    @_lifetime(y: copy y)
    public static func apply(_ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        reluForward(x, &y)
    }

    @_lifetime(dx: copy dx)
    public static func applyGradient(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        reluBackward(y: y, dy: dy, dx: &dx)
    }
}
