import Kernels

/// The maximum of each window of steps: [steps, channels] to [outputSteps, channels].
///
/// The gradient goes to the first step that holds the maximum.
public struct MaxPool1D: PoolingLayer {
    public static let kind = "MaxPool1D"
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
        maxPoolForward(x, rows: pass.rows, channels: placement.channels, placement.geometry, into: &y)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        maxPoolBackward(
            x: x, y: y, dy: dy, rows: pass.rows, channels: placement.channels, placement.geometry, into: &dx)
    }
}
