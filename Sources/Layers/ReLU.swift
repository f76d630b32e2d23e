import Kernels
import StrictJSON
import Tensors

/// y = max(0, x), with dy/dx = 1 where y > 0.
public struct ReLU: Layer {
    public static let kind = "ReLU"
    public static let defaultName = "relu"

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
        reluForward(x, &y)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        reluBackward(y: y, dy: dy, dx: &dx)
    }
}
