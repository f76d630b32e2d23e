import Memory
import StrictJSON

/// A layer that maps each value by a function whose derivative follows from the function's value.
public protocol Activation: Layer {
    /// A layer of this name; empty: the model names it.
    init(name: String)
    /// y = f(x), elementwise.
    @_lifetime(y: copy y)
    static func apply(_ x: Span<Float>, _ y: inout MutableSpan<Float>)
    /// dx = f'(x) dy, where f'(x) follows from y = f(x).
    @_lifetime(dx: copy dx)
    static func applyGradient(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>)
}

extension Activation {
    public var isElementwise: Bool { true }

    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(name: "")
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape { input }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        Self.apply(x, &y)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        Self.applyGradient(y: y, dy: dy, dx: &dx)
    }
}
