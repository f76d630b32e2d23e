import HAR
import LayerCases
import Layers
import Memory
import Models
import Platform
import StrictJSON
import TimeSeries

/// Models that are exported in the tests, each with 200 windows and our own answers for them.
struct InterchangeModel {
    static let windowCount = 200

    let name: String
    let checkpoint: Checkpoint
    /// [200, steps, channels], raw.
    let windows: [Float]

    /// The study's models with their trained weights, on generated windows.
    static func study() throws -> [InterchangeModel] {
        let windows = SyntheticHAR().generate().test.values.prefix(windowCount * UCIHAR.format.shape.count)
        return try StudyModel.allCases.map { model in
            InterchangeModel(
                name: model.rawValue,
                checkpoint: try Checkpoint(reading: PretrainedTests.folder(model) + "/best.safetensors"), windows: Array(windows))
        }
    }

    /// Models for what is easily wrong in a translation, with random weights and statistics, on random windows.
    static func odd() throws -> [InterchangeModel] {
        try layers.enumerated().map { index, entry in
            let (name, input, layers) = entry
            let text = """
                {"name": "\(name)", "input": {"steps": \(input.steps), "channels": \(input.channels)}, "layers": [\(layers)]}
                """
            var fields = try JSONFields(try JSON.parse(text), context: name)
            return try random(try ModelDescription(fields: &fields), seed: index)
        }
    }

    /// The configurations that layers are checked with, each brought to classes by a dense layer.
    static func layerCases() throws -> [InterchangeModel] {
        try LayerCase.all.enumerated().map { index, layerCase in
            // A window has steps: features are their means.
            let takesSteps = layerCase.input.rank == 2
            let before: [any Layer] = takesSteps ? [] : [GlobalAveragePool1D(name: "features")]
            let after: [any Layer] = layerCase.output.rank == 2 ? [Flatten(name: "flattened")] : []
            let words = layerCase.name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
            return try random(
                ModelDescription(
                    name: words.joined(separator: "-"), input: takesSteps ? layerCase.input : [2, layerCase.input[0]],
                    network: Sequential(before + layerCase.layers + after + [Dense(3, name: "classes")])), seed: index)
        }
    }

    /// A model with random weights and statistics, and random windows.
    private static func random(_ description: ModelDescription, seed: Int) throws -> InterchangeModel {
        var random = Random(seed: UInt64(seed), stream: .initialization)
        let model = try Model(description, maximumRows: 1)
        let state = ModelState(model)
        for parameter in model.parameters {
            let isVariance = parameter.name.hasSuffix(".running_var")
            let values = (0..<parameter.shape.count).map { _ in Float(random.uniform(-1, 1)) }
            state.set(parameter, to: isVariance ? values.map { abs($0) + 0.1 } : values)
        }
        let window = description.input
        let kind = Standardization.Kind.allCases[seed % Standardization.Kind.allCases.count]
        let size = kind.shape(window: window).count
        let standardization = try Standardization(
            mean: (0..<size).map { _ in Float(random.uniform(-1, 1)) },
            std: (0..<size).map { _ in Float(random.uniform(0.5, 2)) }, window: window)
        let details = Checkpoint.Details(
            format: WindowFormat(
                steps: window[0], channels: (0..<window[1]).map { "ü\($0)" }, classes: (0..<model.classes).map { "class \($0)" },
                rate: 50),
            epoch: 1, accuracy: nil, seed: 0, dataSource: "synthetic", dataHash: "none")
        return InterchangeModel(
            name: description.name,
            checkpoint: Checkpoint(model: model, state: state, standardization: standardization, details: details),
            windows: (0..<windowCount * window.count).map { _ in Float(random.uniform(-2, 2)) })
    }

    /// Names, inputs and layers.
    private static let layers: [(name: String, input: (steps: Int, channels: Int), layers: String)] = [
        ("stride-and-dilation", (13, 3), "\(conv(5, 3, "\"stride\": 2, \"dilation\": 2, \(same)")), \(relu), \(end(4))"),
        ("valid-with-a-rest", (14, 3), "\(conv(4, 4, "\"stride\": 3")), \(maxPool(2)), \(end(3))"),
        (
            "pools-that-skip", (11, 2),
            "\(maxPool(2, ", \"stride\": 3, \(same)")), \(meanPool(1, ", \"stride\": 2, \(same)")), \(end(3))"
        ),
        ("kernel-beyond-the-steps", (3, 2), "\(conv(4, 7, same)), {\"layer\": \"GlobalAveragePool1D\"}, \(dense(3))"),
        ("mean-over-padding", (4, 3), "\(meanPool(5, ", \"stride\": 1, \(same)")), \(end(3))"),
        ("pool-with-odd-padding", (10, 2), "\(maxPool(4, ", \"stride\": 1, \(same)")), \(meanPool(3, ", \(same)")), \(end(3))"),
        ("norm-behind-flatten", (5, 3), "\(flatten), \(norm), \(relu), {\"layer\": \"Dropout\", \"rate\": 0.5}, \(dense(4))"),
        ("norm-of-both-kinds", (6, 3), "\(norm), \(end(5)), {\"layer\": \"BatchNorm1D\", \"epsilon\": 0.1}, \(dense(3))"),
        (
            "branches-that-flatten", (6, 3),
            "\(branches("\(flatten)", "\(conv(2, 3)), \(flatten)", "{\"layer\": \"GlobalAveragePool1D\"}")), \(dense(4))"
        ),
        ("flattened-into-branches", (5, 3), "\(flatten), \(branches(dense(4), tanh, "\(norm), \(dense(2))")), \(dense(3))"),
        (
            "branches-in-branches", (8, 2),
            "\(branches("\(branches(conv(3, 1), conv(2, 3, same))), \(relu)", meanPool(1))), \(end(3))"
        ),
        ("lstm-into-convolution", (9, 3), "\(lstm(4, "\"output\": \"sequence\"")), \(conv(5, 2)), \(tanh), \(end(3))"),
        ("lstm-of-one-step", (1, 3), "\(lstm(5)), \(dense(3))"),
        ("three-lstms", (7, 3), "\(lstm(4, "\"layers\": 3, \"output\": \"sequence\"")), \(dense(5)), \(end(3))"),
        ("ends-in-lstm", (7, 3), lstm(4, "\"layers\": 2")),
        ("lstm-behind-convolution", (9, 3), "\(conv(4, 2)), \(lstm(3)), \(dense(3))"),
        ("dense-for-each-step", (6, 3), "\(dense(4)), {\"layer\": \"Sigmoid\"}, \(end(5)), \(tanh), \(dense(3))"),
        ("ends-in-flatten", (3, 2), "\(conv(2, 2, same)), \(flatten)"),
        ("ends-in-tanh-of-flatten", (3, 2), "\(conv(2, 2, same)), \(flatten), \(tanh)"),
        (
            "names-of-the-graph", (4, 3),
            "{\"layer\": \"Dense\", \"name\": \"window\", \"units\": 3}, \(flatten), "
                + "{\"layer\": \"Dense\", \"name\": \"probabilities\", \"units\": 3}"
        ),
    ]

    private static let same = "\"padding\": \"same\""
    private static let relu = "{\"layer\": \"ReLU\"}"
    private static let tanh = "{\"layer\": \"Tanh\"}"
    private static let norm = "{\"layer\": \"BatchNorm1D\"}"
    private static let flatten = "{\"layer\": \"Flatten\"}"
    private static func dense(_ units: Int) -> String { "{\"layer\": \"Dense\", \"units\": \(units)}" }
    private static func end(_ units: Int) -> String { "\(flatten), \(dense(units))" }
    private static func maxPool(_ size: Int, _ more: String = "") -> String {
        "{\"layer\": \"MaxPool1D\", \"size\": \(size)\(more)}"
    }
    private static func meanPool(_ size: Int, _ more: String = "") -> String {
        "{\"layer\": \"AveragePool1D\", \"size\": \(size)\(more)}"
    }
    private static func conv(_ filters: Int, _ kernel: Int, _ more: String = "\"stride\": 1") -> String {
        "{\"layer\": \"Conv1D\", \"filters\": \(filters), \"kernel\": \(kernel), \(more)}"
    }
    private static func lstm(_ units: Int, _ more: String = "\"layers\": 1") -> String {
        "{\"layer\": \"LSTM\", \"units\": \(units), \(more)}"
    }
    private static func branches(_ branches: String...) -> String {
        "{\"layer\": \"Concatenate\", \"branches\": [\(branches.map { "[\($0)]" }.joined(separator: ", "))]}"
    }

    /// Writes NAME.safetensors, NAME.windows and NAME.probabilities.
    func write(to folder: String) throws {
        try checkpoint.write(to: "\(folder)/\(name).safetensors")
        let probabilities = try InferenceSession(checkpoint).predict(windows).flatMap(\.probabilities)
        for (suffix, values) in [("windows", windows), ("probabilities", probabilities)] {
            let bytes = unsafe values.withUnsafeBytes { unsafe Array($0) }
            try Files.writeAtomically(bytes, to: "\(folder)/\(name).\(suffix)")
        }
    }
}
