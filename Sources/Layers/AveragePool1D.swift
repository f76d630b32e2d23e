import Kernels
import StrictJSON
import Tensors

/// The mean of each window of steps: [steps, channels] to [outputSteps, channels].
///
/// Padding is not counted, as in TensorFlow (in PyTorch: `count_include_pad=False`).
public struct AveragePool1D: Layer {
    public static let kind = "AveragePool1D"
    public static let defaultName = "pool"

    public var name: String
    public let window: PoolWindow

    private var geometry = WindowGeometry(steps: 0, kernel: 1, padding: .valid)
    private var channels = 0

    /// - Parameter stride: Steps between windows; by default the window's size.
    public init(_ size: Int, stride: Int? = nil, padding: Padding = .valid, name: String = "") {
        window = PoolWindow(size: size, stride: stride ?? size, padding: padding)
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        let (steps, channels) = try AveragePool1D.sequence(input, plan)
        geometry = try window.geometry(steps: steps, plan)
        self.channels = channels
        return [geometry.outputSteps, channels]
    }

    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        averagePoolForward(x, rows: pass.rows, channels: channels, geometry, into: &y)
    }

    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        averagePoolBackward(dy: dy, rows: pass.rows, channels: channels, geometry, into: &dx)
    }
}

extension AveragePool1D {
    public init(fields: inout JSONFields) throws(JSONFieldError) {
        window = try PoolWindow(fields: &fields)
        name = ""
    }

    public var fields: JSONObject { window.fields }
}
