import Kernels
import StrictJSON

/// The window that slides over the steps in a pooling layer.
public struct PoolWindow: Equatable, Sendable {
    public let size: Int
    public let stride: Int
    public let padding: Padding

    init(size: Int, stride: Int, padding: Padding) {
        self.size = size
        self.stride = stride
        self.padding = padding
    }

    init(fields: inout JSONFields) throws(JSONFieldError) {
        size = try fields.size("size")
        stride = try fields.size("stride", default: size)
        padding = try fields.choice("padding", default: .valid)
    }

    var fields: JSONObject {
        ["size": .integer(size), "stride": .integer(stride), "padding": .string(padding.rawValue)]
    }

    func geometry(steps: Int, _ plan: LayerPlan) throws(ModelError) -> WindowGeometry {
        try plan.require(size > 0 && stride > 0) { "size and stride must be at least 1, not \(size) and \(stride)" }
        let geometry = WindowGeometry(steps: steps, kernel: size, stride: stride, padding: padding)
        try plan.require(geometry.outputSteps > 0) {
            "a window of \(size) steps does not fit \(steps) steps without padding: use padding \"same\""
        }
        return geometry
    }
}
