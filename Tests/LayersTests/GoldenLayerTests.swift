import Golden
import HartrainTesting
import Memory
import Testing

@testable import Layers

/// A layer and the case of a golden file that PyTorch computed with the same layer.
struct GoldenLayer: Sendable, CustomTestStringConvertible {
    let file: String
    let name: String
    let layers: [any Layer]

    init(_ file: String, _ name: String, _ layers: any Layer...) {
        self.file = file
        self.name = name
        self.layers = layers
    }

    var testDescription: String { "\(file) \(name)" }

    static let all: [GoldenLayer] = [
        GoldenLayer("conv1d", "valid", Conv1D(4, kernel: 3)),
        GoldenLayer("conv1d", "tap", Conv1D(4, kernel: 1)),
        GoldenLayer("conv1d", "strided", Conv1D(4, kernel: 3, stride: 2)),
        GoldenLayer("conv1d", "dilated", Conv1D(3, kernel: 3, dilation: 2)),
        GoldenLayer("conv1d", "same", Conv1D(5, kernel: 2, padding: .same)),
        GoldenLayer("conv1d", "same_strided", Conv1D(4, kernel: 4, stride: 3, padding: .same)),
        GoldenLayer("conv1d", "same_dilated", Conv1D(3, kernel: 3, stride: 2, dilation: 2, padding: .same)),
        GoldenLayer("conv1d", "same_larger", Conv1D(3, kernel: 4, padding: .same)),
        GoldenLayer("pools", "maximum", MaxPool1D(2)),
        GoldenLayer("pools", "maximum_same", MaxPool1D(2, padding: .same)),
        GoldenLayer("pools", "maximum_overlapping", MaxPool1D(3, stride: 2, padding: .same)),
        GoldenLayer("pools", "average", AveragePool1D(2)),
        GoldenLayer("pools", "average_same", AveragePool1D(2, stride: 1, padding: .same)),
        GoldenLayer("pools", "average_overlapping", AveragePool1D(3, stride: 2, padding: .same)),
        GoldenLayer("pools", "average_all", GlobalAveragePool1D()),
        GoldenLayer("dense", "features", Dense(4)),
        GoldenLayer("dense", "steps", Dense(4)),
        GoldenLayer("dense", "flat", Flatten(), Dense(4)),
        GoldenLayer("lstm", "last", LSTM(4)),
        GoldenLayer("lstm", "sequence", LSTM(4, output: .sequence)),
        GoldenLayer("lstm", "stacked", LSTM(4, layers: 2)),
        GoldenLayer("lstm", "stacked_sequence", LSTM(3, layers: 2, output: .sequence)),
        GoldenLayer("lstm", "step", LSTM(4)),
        GoldenLayer("elementwise", "relu", ReLU()),
        GoldenLayer("elementwise", "tanh", Tanh()),
        GoldenLayer("elementwise", "sigmoid", Sigmoid()),
        GoldenLayer("normalization", "features", BatchNorm1D()),
        GoldenLayer("normalization", "steps", BatchNorm1D(epsilon: 1e-3, momentum: 0.2)),
        GoldenLayer("padded", "conv", Conv1D(4, kernel: 3, padding: .symmetric(1))),
        GoldenLayer("padded", "conv_strided", Conv1D(4, kernel: 3, stride: 2, padding: .symmetric(1))),
        GoldenLayer("padded", "conv_dilated", Conv1D(3, kernel: 3, stride: 2, dilation: 2, padding: .symmetric(3))),
        GoldenLayer("padded", "conv_wide", Conv1D(3, kernel: 2, padding: .symmetric(3))),
        GoldenLayer("padded", "conv_causal", Conv1D(3, kernel: 3, dilation: 2, padding: .steps(before: 4, after: 0))),
        GoldenLayer("padded", "maximum", MaxPool1D(3, stride: 2, padding: .symmetric(1))),
        GoldenLayer("padded", "average", AveragePool1D(3, stride: 2, padding: .symmetric(1), countsPadding: true)),
        GoldenLayer("padded", "average_uncounted", AveragePool1D(3, stride: 2, padding: .symmetric(1))),
        GoldenLayer("unbiased", "conv", Conv1D(4, kernel: 3, stride: 2, padding: .symmetric(1), bias: false)),
        GoldenLayer("unbiased", "features", Dense(4, bias: false)),
        GoldenLayer("unbiased", "steps", Dense(4, bias: false)),
        GoldenLayer("unbiased", "lstm", LSTM(4, layers: 2, output: .sequence, bias: false)),
        GoldenLayer("concatenate", "inception", Concatenate(inception, name: "inception")),
    ]

    private static let inception = [
        Sequential([Conv1D(4, kernel: 1), ReLU()]),
        Sequential([Conv1D(2, kernel: 1), ReLU(), Conv1D(4, kernel: 2, padding: .same), ReLU()]),
        Sequential([Conv1D(2, kernel: 1), ReLU(), Conv1D(3, kernel: 4, padding: .same), ReLU()]),
        Sequential([AveragePool1D(2, stride: 1, padding: .same), Conv1D(5, kernel: 1), ReLU()]),
    ]
}

@Suite struct GoldenLayerTests {
    /// Relative to the largest value of a tensor.
    private let tolerance = 2e-6

    @Test(arguments: GoldenLayer.all)
    func equalsPyTorch(_ layer: GoldenLayer) throws {
        let golden = try Golden("Layers/\(layer.file)")
        func rows(_ name: String) throws -> [Float] { try golden.rows("\(layer.name).\(name)") }
        let input = try golden.rowShape("\(layer.name).x")
        let x = try rows("x")
        let bench = try LayerBench(layer.layers, input: input, rows: x.count / input.count)
        for parameter in bench.parameters {
            let name = "\(layer.name).state.\(parameter.name)"
            #expect(try golden.file.tensor(name).shape == parameter.fileShape.dimensions)
            var values = try golden.floats(name)
            if let addend = parameter.addend {
                for (i, value) in try golden.floats("\(layer.name).state.\(addend)").enumerated() { values[i] += value }
            }
            bench.state.set(parameter, to: parameter.memoryOrder(values.span))
        }
        if golden.contains("\(layer.name).evaluation") {
            #expect(relativeDifference(bench.forward(x, mode: .inference), try rows("evaluation")) <= tolerance)
        }

        let y = bench.forward(x)
        #expect(relativeDifference(y, try rows("y")) <= tolerance)
        let dx = bench.backward(x: x, y: y, dy: try rows("dy"))
        #expect(relativeDifference(dx, try rows("dx")) <= tolerance)
        for weight in bench.weights {
            let gradient = weight.fileOrder(bench.gradient(weight).span)
            let expected = try golden.floats("\(layer.name).grad.\(weight.name)")
            #expect(relativeDifference(gradient, expected) <= tolerance, "gradient of \(weight.name)")
        }
        for parameter in bench.parameters {
            guard case .statistic(let momentum) = parameter.role else { continue }
            let sums = bench.statisticSums(parameter)
            let after = zip(bench.state.values(parameter), sums).map { old, sum in
                (1 - Float(momentum)) * old + Float(momentum) * sum / Float(bench.rows)
            }
            let expected = try golden.floats("\(layer.name).after.\(parameter.name)")
            #expect(relativeDifference(after, expected) <= tolerance, "\(parameter.name) after the step")
        }
    }

    @Test func everyCaseIsRead() throws {
        for file in Set(GoldenLayer.all.map(\.file)) {
            let cases = try Golden("Layers/\(file)").file.tensors.map { String($0.name.prefix { $0 != "." }) }
            #expect(Set(cases) == Set(GoldenLayer.all.filter { $0.file == file }.map(\.name)))
        }
    }
}
