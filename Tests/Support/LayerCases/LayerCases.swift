import Layers
import Memory

/// Layers and the input they are checked with: one line here checks a new layer (see `checkLayer`), and what other tools make of it
/// in a model (InterchangeTests).
package struct LayerCase: Sendable, CustomStringConvertible {
    package let name: String
    package let layers: [any Layer]
    package let input: Shape
    package let output: Shape
    package let parameters: [String]
    package let rows: Int
    package let plannedRows: Int
    package let hasKinks: Bool

    init(
        _ name: String, _ layers: any Layer..., input: Shape, output: Shape, parameters: [String] = [], rows: Int = 3,
        plannedRows: Int = 5, hasKinks: Bool = false
    ) {
        self.name = name
        self.layers = layers
        self.input = input
        self.output = output
        self.parameters = parameters
        self.rows = rows
        self.plannedRows = plannedRows
        self.hasKinks = hasKinks
    }

    package var description: String { name }

    package static let all = convolutions + pools + dense + recurrent + elementwise + normalization + branches + sequences

    private static func conv(_ weight: String, _ filters: Int) -> [String] {
        ["conv.weight \(weight)", "conv.bias [\(filters)]"]
    }

    static let convolutions: [LayerCase] = [
        LayerCase(
            "Conv1D valid, 1 tap", Conv1D(4, kernel: 1), input: [5, 3], output: [5, 4], parameters: conv("[1, 3, 4]", 4)),
        LayerCase(
            "Conv1D same, 2 taps, as in the study", Conv1D(5, kernel: 2, padding: .same), input: [7, 3], output: [7, 5],
            parameters: conv("[2, 3, 5]", 5)),
        LayerCase(
            "Conv1D same, 2 taps, pairs of steps", Conv1D(17, kernel: 2, padding: .same), input: [6, 3], output: [6, 17],
            parameters: conv("[2, 3, 17]", 17)),
        LayerCase(
            "Conv1D valid, 2 taps", Conv1D(3, kernel: 2), input: [5, 2], output: [4, 3], parameters: conv("[2, 2, 3]", 3)),
        LayerCase(
            "Conv1D valid, 3 taps, stride 2", Conv1D(2, kernel: 3, stride: 2, initializer: .he), input: [8, 3], output: [3, 2],
            parameters: conv("[3, 3, 2]", 2)),
        LayerCase(
            "Conv1D same, 3 taps, stride 2, odd steps", Conv1D(4, kernel: 3, stride: 2, padding: .same), input: [7, 2],
            output: [4, 4], parameters: conv("[3, 2, 4]", 4)),
        LayerCase(
            "Conv1D same, 4 taps, stride 3", Conv1D(2, kernel: 4, stride: 3, padding: .same), input: [11, 3], output: [4, 2],
            parameters: conv("[4, 3, 2]", 2)),
        LayerCase(
            "Conv1D valid, 1 tap, stride 3", Conv1D(2, kernel: 1, stride: 3), input: [8, 2], output: [3, 2],
            parameters: conv("[1, 2, 2]", 2)),
        LayerCase(
            "Conv1D valid, 3 taps, dilation 2", Conv1D(3, kernel: 3, dilation: 2), input: [9, 2], output: [5, 3],
            parameters: conv("[3, 2, 3]", 3)),
        LayerCase(
            "Conv1D same, 4 taps, stride 2, dilation 2", Conv1D(3, kernel: 4, stride: 2, dilation: 2, padding: .same),
            input: [7, 2], output: [4, 3], parameters: conv("[4, 2, 3]", 3)),
        LayerCase(
            "Conv1D same, kernel larger than the input", Conv1D(3, kernel: 4, padding: .same), input: [2, 3], output: [2, 3],
            parameters: conv("[4, 3, 3]", 3)),
        LayerCase(
            "Conv1D same, one step, dilated kernel beyond it", Conv1D(2, kernel: 2, dilation: 2, padding: .same), input: [1, 2],
            output: [1, 2], parameters: conv("[2, 2, 2]", 2)),
        LayerCase(
            "Conv1D of one row, one channel, one filter", Conv1D(1, kernel: 2), input: [4, 1], output: [3, 1],
            parameters: conv("[2, 1, 1]", 1), rows: 1, plannedRows: 1),
        LayerCase(
            "Conv1D padded, 3 taps, stride 2", Conv1D(4, kernel: 3, stride: 2, padding: .symmetric(1)), input: [8, 2],
            output: [4, 4], parameters: conv("[3, 2, 4]", 4)),
        LayerCase(
            "Conv1D padded before only, 3 taps, dilation 2",
            Conv1D(3, kernel: 3, dilation: 2, padding: .steps(before: 4, after: 0)),
            input: [5, 2], output: [5, 3], parameters: conv("[3, 2, 3]", 3)),
        LayerCase(
            "Conv1D padded beyond its kernel before", Conv1D(3, kernel: 2, padding: .steps(before: 3, after: 1)), input: [4, 2],
            output: [7, 3], parameters: conv("[2, 2, 3]", 3)),
        LayerCase(
            "Conv1D padded beyond its kernel behind", Conv1D(3, kernel: 2, padding: .steps(before: 0, after: 4)), input: [4, 2],
            output: [7, 3], parameters: conv("[2, 2, 3]", 3)),
        LayerCase(
            "Conv1D padded, pairs of steps, without bias",
            Conv1D(17, kernel: 2, padding: .steps(before: 0, after: 1), bias: false),
            input: [6, 3], output: [6, 17], parameters: ["conv.weight [2, 3, 17]"]),
        LayerCase(
            "Conv1D without bias", Conv1D(3, kernel: 3, bias: false), input: [6, 2], output: [4, 3],
            parameters: ["conv.weight [3, 2, 3]"]),
    ]

    static let pools: [LayerCase] = [
        LayerCase("MaxPool1D valid", MaxPool1D(2), input: [8, 3], output: [4, 3], hasKinks: true),
        LayerCase("MaxPool1D valid, odd steps", MaxPool1D(2), input: [7, 3], output: [3, 3], hasKinks: true),
        LayerCase("MaxPool1D same, odd steps", MaxPool1D(2, padding: .same), input: [7, 3], output: [4, 3], hasKinks: true),
        LayerCase(
            "MaxPool1D valid, overlapping", MaxPool1D(3, stride: 1), input: [7, 2], output: [5, 2], hasKinks: true),
        LayerCase(
            "MaxPool1D same, overlapping", MaxPool1D(3, stride: 2, padding: .same), input: [6, 2], output: [3, 2],
            hasKinks: true),
        LayerCase(
            "MaxPool1D same, stride above the size", MaxPool1D(2, stride: 3, padding: .same), input: [8, 2], output: [3, 2],
            hasKinks: true),
        LayerCase(
            "MaxPool1D same, larger than the input", MaxPool1D(4, stride: 1, padding: .same), input: [2, 3], output: [2, 3],
            hasKinks: true),
        LayerCase("AveragePool1D valid", AveragePool1D(2), input: [7, 3], output: [3, 3]),
        LayerCase(
            "AveragePool1D same, as in the Inception block", AveragePool1D(2, stride: 1, padding: .same), input: [5, 3],
            output: [5, 3]),
        LayerCase(
            "AveragePool1D same, overlapping", AveragePool1D(3, stride: 2, padding: .same), input: [7, 2], output: [4, 2]),
        LayerCase("AveragePool1D valid, stride above the size", AveragePool1D(2, stride: 3), input: [8, 2], output: [3, 2]),
        LayerCase(
            "MaxPool1D padded, 3 steps, stride 2", MaxPool1D(3, stride: 2, padding: .symmetric(1)), input: [8, 2],
            output: [4, 2],
            hasKinks: true),
        LayerCase(
            "AveragePool1D padded, counted", AveragePool1D(3, stride: 2, padding: .symmetric(1), countsPadding: true),
            input: [8, 2], output: [4, 2]),
        LayerCase(
            "AveragePool1D padded at one end", AveragePool1D(4, stride: 3, padding: .steps(before: 3, after: 0)), input: [8, 2],
            output: [3, 2]),
        LayerCase(
            "AveragePool1D same, counted", AveragePool1D(2, stride: 1, padding: .same, countsPadding: true), input: [5, 3],
            output: [5, 3]),
        LayerCase("GlobalAveragePool1D", GlobalAveragePool1D(), input: [5, 4], output: [4]),
        LayerCase("GlobalAveragePool1D of one step", GlobalAveragePool1D(), input: [1, 4], output: [4]),
    ]

    static let dense: [LayerCase] = [
        LayerCase(
            "Dense of features", Dense(4), input: [7], output: [4], parameters: ["dense.weight [7, 4]", "dense.bias [4]"]),
        LayerCase(
            "Dense of one feature and unit, one row", Dense(1), input: [1], output: [1],
            parameters: ["dense.weight [1, 1]", "dense.bias [1]"], rows: 1, plannedRows: 2),
        LayerCase(
            "Dense for each step", Dense(4, initializer: .orthogonal), input: [5, 3], output: [5, 4],
            parameters: ["dense.weight [3, 4]", "dense.bias [4]"]),
        LayerCase(
            "Dense of features without bias", Dense(4, bias: false), input: [7], output: [4], parameters: ["dense.weight [7, 4]"]),
        LayerCase(
            "Dense for each step without bias", Dense(4, bias: false), input: [5, 3], output: [5, 4],
            parameters: ["dense.weight [3, 4]"]),
        LayerCase(
            "Dense behind a Flatten without bias", Flatten(), Dense(4, bias: false), input: [5, 3], output: [4],
            parameters: ["dense.weight [5, 3, 4]"]),
        LayerCase(
            "Dense behind a Flatten", Flatten(), Dense(4), input: [5, 3], output: [4],
            parameters: ["dense.weight [5, 3, 4]", "dense.bias [4]"]),
        LayerCase(
            "Dense behind a Flatten and elementwise layers", Flatten(), Tanh(), Dropout(0.25), Dense(4, initializer: .zeros),
            Dense(2), input: [3, 2], output: [2],
            parameters: ["dense1.weight [3, 2, 4]", "dense1.bias [4]", "dense2.weight [4, 2]", "dense2.bias [2]"]),
    ]

    private static func lstm(_ inputs: Int, _ units: Int, layers: Int = 1) -> [String] {
        (0..<layers).flatMap { index in
            [
                "lstm.weight_ih_l\(index) [\(index == 0 ? inputs : units), \(4 * units)]",
                "lstm.weight_hh_l\(index) [\(units), \(4 * units)]", "lstm.bias_ih_l\(index) [\(4 * units)]",
            ]
        }
    }

    static let recurrent: [LayerCase] = [
        LayerCase("LSTM, last step", LSTM(4), input: [5, 3], output: [4], parameters: lstm(3, 4)),
        LayerCase("LSTM, all steps", LSTM(3, output: .sequence), input: [5, 2], output: [5, 3], parameters: lstm(2, 3)),
        LayerCase(
            "LSTM, two layers, last step", LSTM(3, layers: 2), input: [4, 2], output: [3], parameters: lstm(2, 3, layers: 2)),
        LayerCase(
            "LSTM, two layers, all steps", LSTM(2, layers: 2, output: .sequence), input: [4, 5], output: [4, 2],
            parameters: lstm(5, 2, layers: 2)),
        LayerCase(
            "LSTM, three layers", LSTM(2, layers: 3), input: [3, 2], output: [2], parameters: lstm(2, 2, layers: 3)),
        LayerCase(
            "LSTM, two layers, last step, dropout", LSTM(3, layers: 2, dropout: 0.5), input: [4, 2], output: [3],
            parameters: lstm(2, 3, layers: 2)),
        LayerCase(
            "LSTM, two layers, all steps, dropout", LSTM(3, layers: 2, output: .sequence, dropout: 0.5), input: [4, 2],
            output: [4, 3], parameters: lstm(2, 3, layers: 2)),
        LayerCase(
            "LSTM, last step, dropout", LSTM(4, dropout: 0.25), input: [3, 2], output: [4], parameters: lstm(2, 4)),
        LayerCase("LSTM of one step", LSTM(3, layers: 2), input: [1, 2], output: [3], parameters: lstm(2, 3, layers: 2)),
        LayerCase(
            "LSTM, two layers, without bias", LSTM(3, layers: 2, bias: false), input: [4, 2], output: [3],
            parameters: lstm(2, 3, layers: 2).filter { !$0.contains("bias") }),
        LayerCase("LSTM of one unit, one row", LSTM(1), input: [4, 1], output: [1], parameters: lstm(1, 1), rows: 1),
    ]

    static let elementwise: [LayerCase] = [
        LayerCase("ReLU", ReLU(), input: [5, 4], output: [5, 4], hasKinks: true),
        LayerCase("ReLU of features", ReLU(name: "named"), input: [9], output: [9], hasKinks: true),
        LayerCase("Tanh", Tanh(), input: [5, 3], output: [5, 3]),
        LayerCase("Sigmoid", Sigmoid(), input: [5, 3], output: [5, 3]),
        LayerCase("Dropout", Dropout(0.5), input: [5, 3], output: [5, 3]),
        LayerCase("Dropout of features", Dropout(0.2), input: [9], output: [9]),
        LayerCase("Dropout that drops nothing", Dropout(0), input: [4], output: [4]),
        LayerCase("Flatten", Flatten(), input: [5, 3], output: [15]),
        LayerCase("Flatten of features", Flatten(), input: [4], output: [4]),
    ]

    private static func norm(_ shape: String) -> [String] {
        ["weight", "bias", "running_mean", "running_var"].map { "norm.\($0) \(shape)" }
    }

    static let normalization: [LayerCase] = [
        LayerCase("BatchNorm1D of features", BatchNorm1D(), input: [4], output: [4], parameters: norm("[4]"), rows: 5),
        LayerCase(
            "BatchNorm1D of steps and channels", BatchNorm1D(epsilon: 1e-3, momentum: 0.2), input: [5, 3], output: [5, 3],
            parameters: norm("[3]")),
        LayerCase(
            "BatchNorm1D behind a Flatten", Flatten(), BatchNorm1D(), input: [2, 3], output: [6], parameters: norm("[2, 3]"),
            rows: 5),
        LayerCase(
            "BatchNorm1D of one row and step", BatchNorm1D(epsilon: 0.5), input: [3], output: [3], parameters: norm("[3]"),
            rows: 1),
    ]

    static let branches: [LayerCase] = [
        LayerCase(
            "Concatenate of widths 2, 3 and 1",
            Concatenate([
                Sequential([Conv1D(2, kernel: 1)]),
                Sequential([Conv1D(2, kernel: 1), Tanh(), Conv1D(3, kernel: 2, padding: .same)]),
                Sequential([AveragePool1D(2, stride: 1, padding: .same), Conv1D(1, kernel: 1)]),
            ]), input: [4, 3], output: [4, 6],
            parameters: [
                "concatenate.branch1.conv.weight [1, 3, 2]", "concatenate.branch1.conv.bias [2]",
                "concatenate.branch2.conv1.weight [1, 3, 2]", "concatenate.branch2.conv1.bias [2]",
                "concatenate.branch2.conv2.weight [2, 2, 3]", "concatenate.branch2.conv2.bias [3]",
                "concatenate.branch3.conv.weight [1, 3, 1]", "concatenate.branch3.conv.bias [1]",
            ]),
        LayerCase(
            "Concatenate in Concatenate",
            Concatenate(
                [
                    Sequential([
                        Concatenate([Sequential([Sigmoid()]), Sequential([Dense(2)])]), Dense(1),
                    ]),
                    Sequential([Dropout(0.5)]),
                ], name: "outer"), input: [3, 2], output: [3, 3],
            parameters: [
                "outer.branch1.concatenate.branch2.dense.weight [2, 2]", "outer.branch1.concatenate.branch2.dense.bias [2]",
                "outer.branch1.dense.weight [4, 1]", "outer.branch1.dense.bias [1]",
            ]),
        LayerCase(
            "Concatenate of vectors",
            Concatenate([Sequential([Dense(2)]), Sequential([Tanh()]), Sequential([Dense(1), Sigmoid()])]), input: [4],
            output: [7],
            parameters: [
                "concatenate.branch1.dense.weight [4, 2]", "concatenate.branch1.dense.bias [2]",
                "concatenate.branch3.dense.weight [4, 1]", "concatenate.branch3.dense.bias [1]",
            ]),
        LayerCase(
            "Concatenate of different ways to a vector",
            Concatenate([
                Sequential([Flatten(), Dense(2)]), Sequential([GlobalAveragePool1D()]), Sequential([LSTM(2)]),
            ]), input: [3, 2], output: [6],
            parameters: [
                "concatenate.branch1.dense.weight [3, 2, 2]", "concatenate.branch1.dense.bias [2]",
                "concatenate.branch3.lstm.weight_ih_l0 [2, 8]", "concatenate.branch3.lstm.weight_hh_l0 [2, 8]",
                "concatenate.branch3.lstm.bias_ih_l0 [8]",
            ]),
    ]

    static let sequences: [LayerCase] = [
        LayerCase(
            "the study's CNN, small", Conv1D(3, kernel: 2, padding: .same), ReLU(), MaxPool1D(2, padding: .same),
            Conv1D(4, kernel: 2, padding: .same), ReLU(), MaxPool1D(2, padding: .same), Dropout(0.5), Flatten(), Dense(3),
            input: [7, 2], output: [3],
            parameters: [
                "conv1.weight [2, 2, 3]", "conv1.bias [3]", "conv2.weight [2, 3, 4]", "conv2.bias [4]",
                "dense.weight [2, 4, 3]", "dense.bias [3]",
            ], hasKinks: true),
        LayerCase(
            "convolution, ReLU and pooling at once, filters above a vector", Conv1D(18, kernel: 3, padding: .same), ReLU(),
            MaxPool1D(2), Tanh(), input: [6, 3], output: [3, 18], parameters: conv("[3, 3, 18]", 18), hasKinks: true),
        LayerCase(
            "convolutions of pairs, ReLU and pooling at once", Conv1D(9, kernel: 2, padding: .same), ReLU(), MaxPool1D(2),
            Conv1D(5, kernel: 2, padding: .same), ReLU(), MaxPool1D(2), Tanh(), input: [8, 3], output: [2, 5],
            parameters: ["conv1.weight [2, 3, 9]", "conv1.bias [9]", "conv2.weight [2, 9, 5]", "conv2.bias [5]"],
            hasKinks: true),
        LayerCase(
            "convolution, ReLU and pooling at once, dilated", Conv1D(5, kernel: 2, dilation: 2, padding: .same), ReLU(),
            MaxPool1D(2), Tanh(), input: [8, 3], output: [4, 5], parameters: conv("[2, 3, 5]", 5), hasKinks: true),
        LayerCase(
            "convolution without bias, ReLU and pooling at once", Conv1D(18, kernel: 3, padding: .symmetric(1), bias: false),
            ReLU(),
            MaxPool1D(2), Tanh(), input: [6, 3], output: [3, 18], parameters: ["conv.weight [3, 3, 18]"], hasKinks: true),
        LayerCase(
            "convolution of pairs without bias, ReLU and pooling at once", Conv1D(9, kernel: 2, padding: .same, bias: false),
            ReLU(),
            MaxPool1D(2), Tanh(), input: [8, 3], output: [4, 9], parameters: ["conv.weight [2, 3, 9]"], hasKinks: true),
        LayerCase(
            "convolution, ReLU and a padded pool", Conv1D(5, kernel: 3, padding: .symmetric(1)), ReLU(),
            MaxPool1D(2, padding: .symmetric(1)), Tanh(), input: [8, 3], output: [5, 5], parameters: conv("[3, 3, 5]", 5),
            hasKinks: true),
        LayerCase(
            "convolution, ReLU and a pool that is not fused", Conv1D(3, kernel: 2), ReLU(), MaxPool1D(3), input: [7, 2],
            output: [2, 3], parameters: conv("[2, 2, 3]", 3), hasKinks: true),
        LayerCase(
            "the study's LSTM, small", Dense(3, name: "input"), LSTM(3, layers: 2, dropout: 0.5), Dense(2, name: "dense"),
            input: [4, 2], output: [2],
            parameters: ["input.weight [2, 3]", "input.bias [3]"] + lstm(3, 3, layers: 2) + [
                "dense.weight [3, 2]", "dense.bias [2]",
            ]),
        LayerCase(
            "convolution, normalisation, pooling", Conv1D(3, kernel: 3), BatchNorm1D(), Tanh(), AveragePool1D(2), Flatten(),
            Dense(2), input: [8, 2], output: [2],
            parameters: conv("[3, 2, 3]", 3) + norm("[3]") + ["dense.weight [3, 3, 2]", "dense.bias [2]"]),
    ]
}
