import Kernels
import Memory
import StrictJSON

/// In training, sets values to zero with probability `rate` and multiplies the others by 1 / (1 - rate); otherwise y = x
/// (Srivastava et al., 2014).
public struct Dropout: Layer {
    public static let kind = "Dropout"
    public static let defaultName = "dropout"

    public var name: String
    /// The probability of dropping a value.
    public let rate: Double
    public var isElementwise: Bool { true }

    private var mask = RowSlot.none
    private var stream: UInt64 = 0

    /// - Parameter rate: The probability of dropping a value, 0 ..< 1.
    public init(_ rate: Double, name: String = "") {
        self.rate = rate
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        try plan.require(rate >= 0 && Float(rate) < 1) {
            "the dropout rate must be at least 0 and below 1 (0.99999997 or less), not \(rate)"
        }
        mask = plan.activation(perRow: input.count)
        stream = plan.dropoutStream()
        return input
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        guard pass.mode == .training, rate > 0 else {
            copy(x, to: &y)
            return
        }
        var mask = pass.write(mask)
        pass.fillMask(&mask, length: self.mask.perRow, rate: Float(rate), stream: stream) { pass.firstRow + $0 }
        multiply(x, mask.span, into: &y)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        guard pass.mode == .training, rate > 0 else {
            copy(dy, to: &dx)
            return
        }
        multiply(dy, pass.read(mask), into: &dx)
    }
}

extension Dropout {
    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(try fields.take("rate", as: Double.self))
    }

    public var fields: JSONObject { ["rate": .number(rate)] }
}
