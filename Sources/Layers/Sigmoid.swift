import Kernels
import StrictJSON
import Tensors

/// y = 1 / (1 + e^-x), with dy/dx = y (1 - y).
public struct Sigmoid: Layer {
    public static let kind = "Sigmoid"
    public static let defaultName = "sigmoid"

    public var name: String
    public var isElementwise: Bool { true }

    public init(name: String = "") {
        self.name = name
    }

    public init(fields: inout JSONFields) throws(JSONFieldError) {
        self.init()
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape { input }

    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        sigmoidForward(x, &y)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        sigmoidBackward(y: y, dy: dy, dx: &dx)
    }
}
