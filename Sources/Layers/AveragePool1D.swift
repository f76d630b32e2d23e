import Kernels
import StrictJSON

/// The mean of each window of steps: [steps, channels] to [outputSteps, channels].
public struct AveragePool1D: PoolingLayer {
    public static let kind = "AveragePool1D"
    public static let defaultName = "pool"

    public var name: String
    public let window: PoolWindow
    public var placement = PoolPlacement.none
    /// Whether padding counts as steps of zeros (PyTorch's `count_include_pad`, which is true by default there) or, as in TensorFlow,
    /// not at all.
    public private(set) var countsPadding = false

    public init(window: PoolWindow, name: String) {
        self.window = window
        self.name = name
    }

    /// - Parameters:
    ///   - size: Steps of a window.
    ///   - stride: Steps from one window to the next; by default the window's size.
    ///   - countsPadding: Whether padding counts as steps of zeros.
    public init(_ size: Int, stride: Int? = nil, padding: Padding = .valid, countsPadding: Bool, name: String = "") {
        self.init(size, stride: stride, padding: padding, name: name)
        self.countsPadding = countsPadding
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        averagePoolForward(
            x, rows: pass.rows, channels: placement.channels, placement.geometry, countsPadding: countsPadding, into: &y)
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        guard !dx.isEmpty else { return }
        averagePoolBackward(
            dy: dy, rows: pass.rows, channels: placement.channels, placement.geometry,
            countsPadding: countsPadding, into: &dx)
    }
}

extension AveragePool1D {
    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(window: try PoolWindow(fields: &fields), name: "")
        countsPadding = try fields.take("count_padding", default: false)
    }

    public var fields: JSONObject {
        var fields = window.fields
        // Files of older versions stay as they are.
        if countsPadding { fields.set("count_padding", .bool(true)) }
        return fields
    }
}
