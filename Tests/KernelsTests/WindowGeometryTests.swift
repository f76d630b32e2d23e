import Kernels
import Testing

@Suite struct WindowGeometryTests {
    /// Every geometry of these extents: 2,640 of them.
    static let cases: [(steps: Int, kernel: Int, stride: Int, dilation: Int)] = (0...19).flatMap { steps in
        (1...11).flatMap { kernel in
            (1...4).flatMap { stride in (1...3).map { (steps, kernel, stride, $0) } }
        }
    }

    @Test func validPlacesAreThoseThatFit() {
        for (steps, kernel, stride, dilation) in Self.cases {
            let geometry = WindowGeometry(steps: steps, kernel: kernel, stride: stride, dilation: dilation, padding: .valid)
            let extent = (kernel - 1) * dilation + 1
            let places = Swift.stride(from: 0, through: steps, by: stride).filter { $0 + extent <= steps }
            #expect(geometry.outputSteps == places.count, "\(geometry)")
            #expect(geometry.leading == 0, "\(geometry)")
            for (output, place) in places.enumerated() { #expect(geometry.step(output: output, tap: 0) == place, "\(geometry)") }
        }
    }

    /// PyTorch's documented length, floor((steps + 2 padding - dilation (kernel - 1) - 1) / stride + 1), where the window fits.
    @Test func validLengthIsThatOfPyTorch() {
        for (steps, kernel, stride, dilation) in Self.cases {
            let geometry = WindowGeometry(steps: steps, kernel: kernel, stride: stride, dilation: dilation, padding: .valid)
            let length = (Double(steps - dilation * (kernel - 1) - 1) / Double(stride) + 1).rounded(.down)
            #expect(geometry.outputSteps == max(0, Int(length)), "\(geometry)")
        }
    }

    /// TensorFlow's documented padding by cases: max(extent - stride, 0) where the stride divides the steps, else
    /// max(extent - steps % stride, 0); the smaller half leads.
    @Test func sameIsThatOfTensorFlow() {
        for (steps, kernel, stride, dilation) in Self.cases {
            let geometry = WindowGeometry(steps: steps, kernel: kernel, stride: stride, dilation: dilation, padding: .same)
            #expect(geometry.outputSteps == Int((Double(steps) / Double(stride)).rounded(.up)), "\(geometry)")
            guard steps > 0 else { continue }
            let extent = (kernel - 1) * dilation + 1
            let over = steps % stride
            let padding = max(extent - (over == 0 ? stride : over), 0)
            #expect(geometry.leading == padding / 2, "\(geometry)")
        }
    }

    /// PyTorch pads dilation (kernel - 1) in all, the odd one at the end, and keeps the length.
    @Test func sameWithoutStrideIsThatOfPyTorch() {
        for (steps, kernel, stride, dilation) in Self.cases where stride == 1 {
            let geometry = WindowGeometry(steps: steps, kernel: kernel, dilation: dilation, padding: .same)
            #expect(geometry.outputSteps == steps, "\(geometry)")
            if steps > 0 { #expect(geometry.leading == dilation * (kernel - 1) / 2, "\(geometry)") }
        }
    }

    @Test func tapsAreThoseOverSteps() {
        for (steps, kernel, stride, dilation) in Self.cases {
            for padding in WindowShape.paddings {
                let geometry = WindowGeometry(steps: steps, kernel: kernel, stride: stride, dilation: dilation, padding: padding)
                for output in 0..<geometry.outputSteps {
                    let inside = (0..<kernel).filter {
                        (0..<steps).contains(output * stride - geometry.leading + $0 * dilation)
                    }
                    #expect(Array(geometry.taps(output: output)) == inside, "\(geometry), output \(output)")
                }
            }
        }
    }

    @Test func fieldsAreThoseGiven() {
        let geometry = WindowGeometry(steps: 128, kernel: 3, stride: 2, dilation: 4, padding: .same)
        #expect(geometry.steps == 128 && geometry.kernel == 3 && geometry.stride == 2 && geometry.dilation == 4)
        #expect(geometry.outputSteps == 64)
        // (64 - 1) 2 + 9 - 128 = 7 steps of padding, 3 of them before.
        #expect(geometry.leading == 3)
        #expect(geometry.step(output: 5, tap: 2) == 15)
    }
}
