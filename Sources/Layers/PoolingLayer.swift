import Kernels
import Memory
import StrictJSON

/// A layer that sums up windows of steps: [steps, channels] to [outputSteps, channels].
public protocol PoolingLayer: Layer {
    /// The window's size, stride and padding.
    var window: PoolWindow { get }
    /// Where the window stands over the input, once bound.
    var placement: PoolPlacement { get set }
    /// A layer with this window.
    init(window: PoolWindow, name: String)
}

extension PoolingLayer {
    /// - Parameters:
    ///   - size: Steps of a window.
    ///   - stride: Steps from one window to the next; by default the window's size.
    public init(_ size: Int, stride: Int? = nil, padding: Padding = .valid, name: String = "") {
        self.init(window: PoolWindow(size: size, stride: stride ?? size, padding: padding), name: name)
    }

    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(window: try PoolWindow(fields: &fields), name: "")
    }

    public var fields: JSONObject { window.fields }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        let (steps, channels) = try Self.sequence(input, plan)
        placement = PoolPlacement(geometry: try window.geometry(steps: steps, plan), channels: channels)
        return [placement.geometry.outputSteps, channels]
    }
}

/// Where a pooling window stands over an input.
public struct PoolPlacement: Equatable, Sendable {
    package let geometry: WindowGeometry
    let channels: Int

    /// The placement of a layer that is not bound yet.
    static let none = PoolPlacement(geometry: WindowGeometry(steps: 0, kernel: 1, padding: .valid), channels: 0)
}

/// The window that slides over the steps in a pooling layer.
public struct PoolWindow: Equatable, Sendable {
    /// Steps of a window.
    public let size: Int
    /// Steps from one window to the next.
    public let stride: Int
    /// What happens at the ends of the sequence.
    public let padding: Padding

    init(size: Int, stride: Int, padding: Padding) {
        self.size = size
        self.stride = stride
        self.padding = padding
    }

    init(fields: inout LayerFields) throws(JSONFieldError) {
        size = try fields.size("size")
        stride = try fields.size("stride", default: size)
        padding = try fields.padding("padding")
    }

    var fields: JSONObject {
        ["size": .integer(size), "stride": .integer(stride), "padding": padding.json]
    }

    func geometry(steps: Int, _ plan: LayerPlan) throws(ModelError) -> WindowGeometry {
        try plan.require(size > 0 && stride > 0) { "size and stride must be at least 1, not \(size) and \(stride)" }
        // A window over padding alone has no maximum and no mean.
        try plan.requirePadding(padding, atMost: size - 1)
        let geometry = WindowGeometry(steps: steps, kernel: size, stride: stride, padding: padding)
        try plan.require(geometry.outputSteps > 0) {
            "a window of \(size) steps does not fit \(steps) steps \(padding.inWords): use padding \"same\""
        }
        return geometry
    }
}
