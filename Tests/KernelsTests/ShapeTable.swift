import Kernels
import Testing

/// A window over a batch of sequences, as convolution and pooling meet it.
struct WindowShape: Sendable, CustomTestStringConvertible {
    var rows: Int
    var steps: Int
    var channels: Int
    var kernel: Int
    var stride = 1
    var dilation = 1
    var padding = Padding.valid

    var geometry: WindowGeometry {
        WindowGeometry(steps: steps, kernel: kernel, stride: stride, dilation: dilation, padding: padding)
    }
    var inputs: Int { rows * steps * channels }
    var outputs: Int { rows * geometry.outputSteps * channels }

    var testDescription: String {
        "[\(rows), \(steps), \(channels)] kernel \(kernel) stride \(stride) dilation \(dilation) \(padding)"
    }

    /// Every geometry of small extents, with rows and channels taken in turn, then the study's own layers.
    static let all: [WindowShape] = small + study

    /// Every kind of padding; the last is wider than some of the kernels.
    static let paddings: [Padding] = [.valid, .same, .symmetric(1), .steps(before: 0, after: 2), .steps(before: 3, after: 1)]

    private static let small: [WindowShape] = {
        let rows = [1, 3, 2, 0, 5]
        let channels = [1, 3, 16, 7, 0, 17, 2]
        var shapes: [WindowShape] = []
        for steps in [0, 1, 2, 3, 7, 16] {
            for kernel in [1, 2, 3, 5] {
                for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3), (2, 3), (3, 2)] {
                    for padding in paddings {
                        shapes.append(
                            WindowShape(
                                rows: rows[shapes.count % rows.count], steps: steps,
                                channels: channels[shapes.count % channels.count], kernel: kernel, stride: stride,
                                dilation: dilation, padding: padding))
                    }
                }
            }
        }
        return shapes
    }()

    private static let study: [WindowShape] = [
        WindowShape(rows: 4, steps: 128, channels: 9, kernel: 2, padding: .same),
        WindowShape(rows: 4, steps: 128, channels: 18, kernel: 2, stride: 2),
        WindowShape(rows: 3, steps: 16, channels: 72, kernel: 2, padding: .same),
        WindowShape(rows: 3, steps: 16, channels: 144, kernel: 2, stride: 2, padding: .same),
        WindowShape(rows: 2, steps: 8, channels: 36, kernel: 4, padding: .same),
        WindowShape(rows: 2, steps: 8, channels: 36, kernel: 2, padding: .same),
        // A window that does not fit, and a kernel far wider than its padded sequence.
        WindowShape(rows: 2, steps: 4, channels: 3, kernel: 9, padding: .valid),
        WindowShape(rows: 2, steps: 4, channels: 3, kernel: 9, padding: .same),
    ]
}

/// A batch of rows, as the elementwise kernels, the gates and the losses meet it.
struct MatrixShape: Sendable, CustomTestStringConvertible {
    var rows: Int
    var columns: Int
    var count: Int { rows * columns }

    var testDescription: String { "[\(rows), \(columns)]" }

    static let all: [MatrixShape] = [
        (0, 0), (0, 5), (4, 0), (1, 1), (1, 2), (2, 1), (1, 6), (3, 3), (7, 13), (5, 16), (16, 16), (17, 15), (33, 27), (2, 100),
        (255, 6), (600, 9),
    ].map { MatrixShape(rows: $0.0, columns: $0.1) }
}
