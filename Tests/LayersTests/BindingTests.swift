import HartrainTesting
import Memory
import Testing

@testable import Layers

/// What does not fit is refused with the layer's name, before any memory is taken.
@Suite struct BindingTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let layers: [any Layer]
        let input: Shape
        let layer: String
        let reason: String

        init(_ layers: any Layer..., input: Shape, layer: String, reason: String) {
            self.layers = layers
            self.input = input
            self.layer = layer
            self.reason = reason
        }

        var testDescription: String { "\(layer): \(reason)" }
    }

    static let refusals = [
        Refusal(Conv1D(3, kernel: 5), input: [4, 2], layer: "conv", reason: "does not fit 4 steps without padding"),
        Refusal(Conv1D(3, kernel: 3, dilation: 2), input: [4, 2], layer: "conv", reason: "3 taps, 2 apart"),
        Refusal(Conv1D(0, kernel: 1), input: [4, 2], layer: "conv", reason: "must be at least 1"),
        Refusal(Conv1D(1, kernel: 1), input: [4], layer: "conv", reason: "needs an input of [steps, channels], not [4]"),
        Refusal(MaxPool1D(5), input: [4, 2], layer: "pool", reason: "a window of 5 steps does not fit 4 steps"),
        Refusal(AveragePool1D(2, stride: 0), input: [4, 2], layer: "pool", reason: "must be at least 1, not 2 and 0"),
        Refusal(
            MaxPool1D(3, padding: .symmetric(3)), input: [4, 2], layer: "pool",
            reason: "padding must be 0 to 2 steps on each side"),
        Refusal(
            AveragePool1D(3, padding: .steps(before: 0, after: 3)), input: [4, 2], layer: "pool", reason: "not 0 and 3"),
        Refusal(
            Conv1D(1, kernel: 2, padding: .steps(before: -1, after: 0)), input: [4, 2], layer: "conv", reason: "not -1 and 0"),
        Refusal(
            Conv1D(1, kernel: 9, padding: .symmetric(2)), input: [4, 2], layer: "conv",
            reason: "does not fit 4 steps with 2 and 2 steps of padding"),
        Refusal(GlobalAveragePool1D(), input: [4], layer: "pool", reason: "needs an input of [steps, channels]"),
        Refusal(Dense(0), input: [4], layer: "dense", reason: "units must be at least 1"),
        Refusal(Dense(2), input: [2, 3, 4], layer: "dense", reason: "not [2, 3, 4]"),
        Refusal(Dense(2), input: [0], layer: "dense", reason: "is empty"),
        Refusal(LSTM(2), input: [4], layer: "lstm", reason: "needs an input of [steps, channels]"),
        Refusal(LSTM(2, layers: 0), input: [4, 2], layer: "lstm", reason: "layers 1 to 64, not 2 and 0"),
        Refusal(LSTM(2, layers: 65), input: [4, 2], layer: "lstm", reason: "layers 1 to 64, not 2 and 65"),
        Refusal(LSTM(2, dropout: 1), input: [4, 2], layer: "lstm", reason: "below 1 (0.99999997 or less), not 1.0"),
        Refusal(Dropout(1), input: [4], layer: "dropout", reason: "below 1 (0.99999997 or less), not 1.0"),
        Refusal(Dropout(0.999_999_999), input: [4], layer: "dropout", reason: "below 1 (0.99999997 or less), not 0.999999999"),
        Refusal(Dropout(.nan), input: [4], layer: "dropout", reason: "not nan"),
        Refusal(BatchNorm1D(epsilon: 0), input: [4], layer: "norm", reason: "epsilon must be above 0"),
        Refusal(BatchNorm1D(momentum: 1.5), input: [4], layer: "norm", reason: "momentum in 0 ... 1"),
        Refusal(
            ReLU(), ReLU(), Dense(3), Conv1D(1, kernel: 1), Flatten(), LSTM(1), input: [4, 2], layer: "lstm", reason: "not [4]"),
        Refusal(ReLU(name: "a"), Tanh(name: "a"), input: [4], layer: "", reason: "two layers have the name \"a\""),
        Refusal(Concatenate([]), input: [4], layer: "concatenate", reason: "at least one branch"),
        Refusal(
            Concatenate([Sequential([ReLU()]), Sequential([MaxPool1D(2)])]), input: [4, 2], layer: "concatenate",
            reason: "branch 2 gives [2, 2], branch 1 [4, 2]"),
        Refusal(
            Concatenate([Sequential([ReLU()]), Sequential([ReLU(), Conv1D(1, kernel: 9)])]), input: [4, 2],
            layer: "concatenate.branch2.conv", reason: "does not fit 4 steps"),
        Refusal(Concatenate([Sequential([])]), input: [4], layer: "concatenate.branch1", reason: "at least one layer"),
    ]

    @Test(arguments: refusals)
    func refusesWhatDoesNotFit(_ refusal: Refusal) {
        let error = #expect(throws: ModelError.self) {
            try LayerBench(refusal.layers, input: refusal.input, rows: 1)
        }
        #expect(error?.layer == refusal.layer)
        #expect(error?.reason.contains(refusal.reason) == true, "\(String(describing: error))")
    }

    private func model(_ layers: any Layer..., input: Shape = [4, 2]) throws -> Model {
        try Model(ModelDescription(name: "test", input: input, network: Sequential(layers)), maximumRows: 100)
    }

    @Test func aModelEndsInClasses() throws {
        #expect(throws: ModelError.self) { try model(Dense(3)) }
        #expect(throws: ModelError.self) { try model(Flatten(), Dense(1)) }
        #expect(throws: ModelError.self) { try model(Flatten(), Dense(1025)) }
        #expect(try model(Flatten(), Dense(1024)).classes == 1024)
    }

    /// The largest sizes that a model file may ask for, which no machine has: refused, without an overflow on the way.
    @Test(
        arguments: [
            [Conv1D(65_536, kernel: 65_536, padding: .same)], [LSTM(65_536, layers: 64)],
            [Dense(65_536, name: "wide"), Dense(65_536)], [Flatten(), Dense(65_536)],
            [Concatenate(Array(repeating: Sequential([Dense(65_536)]), count: 64))],
        ] as [[any Layer]])
    func aModelThatNeedsTooMuchMemoryIsRefused(_ layers: [any Layer]) {
        for input in [[65_536, 1], [16_384, 16_384], [65_536, 65_536]] as [Shape] {
            let error = #expect(throws: ModelError.self) {
                let description = ModelDescription(name: "large", input: input, network: Sequential(layers + [Dense(2)]))
                return try Model(description, maximumRows: 1)
            }
            #expect(error?.reason.contains("the most are") == true, "\(String(describing: error))")
        }
    }

    /// Passes are as large as fits the cache; batch statistics need all rows in one.
    @Test func rowsOfAPass() throws {
        #expect(try model(Flatten(), Dense(2)).rowsPerPass == 100)
        let wide = try model(Dense(8000), Flatten(), Dense(2))
        #expect(wide.rowsPerPass < 10)
        #expect(wide.activationCount * 4 <= 2 * Model.passBytes)
        #expect(try model(Dense(8000), BatchNorm1D(), Flatten(), Dense(2)).rowsPerPass == 100)
    }

    /// Where weights are more than a cache holds, so many rows share them in a pass and in a lane that they are worth their way.
    @Test func rowsThatShareLargeWeights() throws {
        #expect(try model(Flatten(), Dense(2000), Dense(2)).leastRowsPerLane == 1)
        #expect(try model(Flatten(), Dense(2000), Dense(80), Dense(2)).leastRowsPerLane == 30)
        #expect(try model(Dense(500), Dense(500), Flatten(), Dense(2)).leastRowsPerLane == 8)
        #expect(try model(LSTM(27, layers: 2), Dense(2)).leastRowsPerLane == 1)
        #expect(try model(LSTM(64), Dense(2)).leastRowsPerLane == 12)
        #expect(try model(LSTM(256), Dense(2)).leastRowsPerLane == 32)
        #expect(try model(Flatten(), Dense(600), Dense(600), Dense(2)).leastRowsPerLane == 95)
        // A gradient of 1.2 million weights is worth 512 rows of what it takes, here nearly all there is.
        #expect(try model(Flatten(), Dense(600), Dense(2000), Dense(2)).leastRowsPerLane == 509)
        #expect(try model(Dense(600), Dense(2000), Flatten(), Dense(2)).leastRowsPerLane == 128)
        let long = try Model(
            ModelDescription(
                name: "long", input: [2048, 2],
                network: Sequential {
                    LSTM(64)
                    Dense(2)
                }), maximumRows: 100)
        #expect(long.rowsPerPass == 12)
    }

    @Test func countsParametersAndOperations() throws {
        let model = try model(Conv1D(3, kernel: 2, padding: .same), BatchNorm1D(), Flatten(), Dense(5))
        #expect(model.parameterCount == (2 * 2 * 3 + 3) + (3 + 3) + (12 * 5 + 5))
        #expect(model.operationsPerRow == 2 * 4 * 2 * 2 * 3 + 4 * 12 + 2 * 12 * 5)
        #expect(model.layerSummaries.map(\.name) == ["conv", "norm", "flatten", "dense"])
        #expect(model.layerSummaries.map(\.parameters) == [15, 6, 0, 65])
        #expect(model.layerSummaries.map(\.output) == [[4, 3], [4, 3], [12], [5]])
    }

    /// Memory's order reversed, and back.
    @Test func ordersOfFileAndMemory() throws {
        let parameters = try model(Conv1D(3, kernel: 2, padding: .same), Flatten(), Dense(5)).parameters
        #expect(parameters.map(\.fileShape) == [[3, 2, 2], [3], [5, 12], [5]])
        let conv = try #require(parameters.first)
        let memory = (0..<12).map { Float($0) }
        let file = conv.fileOrder(memory.span)
        // File [out, in, tap]; memory [tap, in, out].
        #expect(file == [0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11])
        #expect(conv.memoryOrder(file.span) == memory)
    }

    @Test func namesLayersByKindAndNumber() {
        func names(_ layers: any Layer...) -> [String] { Sequential(layers).layers.map(\.name) }
        #expect(names(ReLU(), Conv1D(1, kernel: 1), ReLU(), Dense(1)) == ["relu1", "conv", "relu2", "dense"])
        #expect(names(MaxPool1D(1), AveragePool1D(1)) == ["pool1", "pool2"])
        #expect(names(Dense(1, name: "own"), Dense(1)) == ["own", "dense"])
    }
}
