import Kernels
import Memory
import StrictJSON

/// All dimensions as one: [steps, channels] to [features], in memory's order.
///
/// Files hold what follows in the order of PyTorch's flatten of [channels, steps]: see `Parameter.fileShape`.
public struct Flatten: Layer {
    public static let kind = "Flatten"
    public static let defaultName = "flatten"

    public var name: String
    public var isIdentity: Bool { true }

    /// A layer of this name; where there is none, the model gives one.
    public init(name: String = "") {
        self.name = name
    }

    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init()
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        if input.rank > 1 { plan.flattened = input }
        return [input.count]
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        copy(x, to: &y)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        copy(dy, to: &dx)
    }
}
