/// How a sequence is padded before a kernel or a pool slides over it.
public enum Padding: Hashable, Sendable {
    /// No padding: only places where the window fits.
    case valid
    /// As many outputs as ceil(steps / stride); what is missing is split between both ends, the odd one at the end (as
    /// TensorFlow; for stride 1 also as PyTorch).
    case same
    /// This many steps before and after the sequence, whatever the stride.
    case steps(before: Int, after: Int)

    /// As many steps on both sides, as PyTorch's `padding`.
    public static func symmetric(_ steps: Int) -> Padding { .steps(before: steps, after: steps) }
}

/// Where a window of `kernel` taps, `dilation` steps apart, stands over `steps` steps: the geometry shared by convolution and
/// pooling.
public struct WindowGeometry: Equatable, Sendable {
    public let steps: Int
    public let kernel: Int
    public let stride: Int
    public let dilation: Int
    /// The number of window positions.
    public let outputSteps: Int
    /// The padding before the first step.
    public let leading: Int
    /// The padding behind the last step that a window stands over.
    public var trailing: Int { max(0, (outputSteps - 1) * stride + (kernel - 1) * dilation + 1 - leading - steps) }

    /// The geometry of a window over `steps` steps; no output when a valid window does not fit.
    public init(steps: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, padding: Padding) {
        precondition(
            steps >= 0 && kernel > 0 && stride > 0 && dilation > 0,
            "a window needs positive extents: kernel \(kernel), stride \(stride), dilation \(dilation)")
        self.steps = steps
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        let extent = (kernel - 1) * dilation + 1
        switch padding {
        case .valid:
            outputSteps = steps >= extent ? (steps - extent) / stride + 1 : 0
            leading = 0
        case .steps(let before, let after):
            precondition(before >= 0 && after >= 0, "padding of \(before) and \(after) steps")
            let padded = before + steps + after
            outputSteps = padded >= extent ? (padded - extent) / stride + 1 : 0
            leading = before
        case .same:
            outputSteps = (steps + stride - 1) / stride
            leading = max(0, (outputSteps - 1) * stride + extent - steps) / 2
        }
    }

    /// The step under a tap of an output; outside 0 ..< steps it is padding.
    @inline(__always)
    public func step(output: Int, tap: Int) -> Int {
        output * stride - leading + tap * dilation
    }

    /// The taps of an output that stand over steps rather than padding.
    @inline(__always)
    public func taps(output: Int) -> Range<Int> {
        let start = output * stride - leading
        let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
        let last = start < steps ? min(kernel - 1, (steps - 1 - start) / dilation) : -1
        return first..<max(first, last + 1)
    }
}
