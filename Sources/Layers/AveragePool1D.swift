import Kernels

/// The mean of each window of steps: [steps, channels] to [outputSteps, channels].
///
/// Padding is not counted, as in TensorFlow (in PyTorch: `count_include_pad=False`).
public struct AveragePool1D: PoolingLayer {
    public static let kind = "AveragePool1D"
    public static let defaultName = "pool"

    public var name: String
    public let window: PoolWindow
    public var placement = PoolPlacement.none

    public init(window: PoolWindow, name: String) {
        self.window = window
        self.name = name
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        averagePoolForward(x, rows: pass.rows, channels: placement.channels, placement.geometry, into: &y)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        averagePoolBackward(
            dy: dy, rows: pass.rows, channels: placement.channels, placement.geometry, into: &dx)
    }
}
