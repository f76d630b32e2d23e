import Benchmarking
import HAR
import Layers
import Memory
import Training

/// A layer of the study's models behind its input, with as little behind it as makes it a model.
public struct LayerWorkload: Sendable {
    /// "conv2 relu pool", with the shape of the input.
    public let name: String
    private let model: ModelDescription

    init(_ name: String, input: Shape, _ layers: any Layer...) {
        self.name = "\(name) \(input)"
        model = ModelDescription(name.split(separator: " ").joined(separator: "-"), input: input) {
            for layer in layers { layer }
        }
    }

    /// The layers that take the study's models their time.
    public static let all: [LayerWorkload] = [
        convolution(1, steps: 128, channels: 9, filters: 18),
        convolution(2, steps: 64, channels: 18, filters: 36),
        convolution(3, steps: 32, channels: 36, filters: 72),
        convolution(4, steps: 16, channels: 72, filters: 144),
        LayerWorkload("dense", input: [8, 144], Flatten(), Dense(6)),
        LayerWorkload("lstm", input: [128, 27], LSTM(27)),
        LayerWorkload("lstm of two layers", input: [128, 27], LSTM(27, layers: 2)),
    ]

    private static func convolution(_ number: Int, steps: Int, channels: Int, filters: Int) -> LayerWorkload {
        LayerWorkload(
            "conv\(number) relu pool", input: [steps, channels], Conv1D(filters, kernel: 2, padding: .same), ReLU(), MaxPool1D(2),
            GlobalAveragePool1D())
    }

    /// Forward over windows.
    public func forward(windows: Int) throws -> Workload {
        try .prediction(model, windows: windows, threads: 1)
    }

    /// Forward, backward and Adam over a batch. The gradient of the input, which nothing wants, is not computed.
    public func step(batch: Int) throws -> Workload {
        try .step(model, recipe: Recipe(epochs: 1, batch: batch, learningRate: 1e-4), threads: 1)
    }
}
