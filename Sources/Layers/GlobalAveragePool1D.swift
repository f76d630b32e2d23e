import Kernels
import Memory
import StrictJSON

/// The mean over all steps: [steps, channels] to [channels].
public struct GlobalAveragePool1D: Layer {
    public static let kind = "GlobalAveragePool1D"
    public static let defaultName = "pool"

    public var name: String
    private var geometry = WindowGeometry(steps: 0, kernel: 1, padding: .valid)
    private var channels = 0

    /// A layer of this name; where there is none, the model gives one.
    public init(name: String = "") {
        self.name = name
    }

    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init()
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        let (steps, channels) = try GlobalAveragePool1D.sequence(input, plan)
        geometry = WindowGeometry(steps: steps, kernel: steps, padding: .valid)
        self.channels = channels
        return [channels]
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        averagePoolForward(x, rows: pass.rows, channels: channels, geometry, into: &y)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        averagePoolBackward(dy: dy, rows: pass.rows, channels: channels, geometry, into: &dx)
    }
}
