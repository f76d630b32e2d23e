import Kernels
import StrictJSON
import Tensors

/// y = tanh x, with dy/dx = 1 - y^2.
public struct Tanh: Layer {
    public static let kind = "Tanh"
    public static let defaultName = "tanh"

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
        tanhForward(x, &y)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        tanhBackward(y: y, dy: dy, dx: &dx)
    }
}
