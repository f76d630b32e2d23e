import Kernels

/// y = tanh x, with dy/dx = 1 - y^2.
public struct Tanh: Activation {
    public static let kind = "Tanh"
    public static let defaultName = "tanh"

    public var name: String

    public init(name: String = "") {
        self.name = name
    }

    @_lifetime(y: copy y)
    public static func apply(_ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        tanhForward(x, &y)
    }

    @_lifetime(dx: copy dx)
    public static func applyGradient(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        tanhBackward(y: y, dy: dy, dx: &dx)
    }
}
