import Golden
import HAR
import Layers
import Memory
import Models
import Platform
import Testing
import TimeSeries
import Training

/// Ten training steps, from the weights that PyTorch began with, must end where PyTorch ended.
///
/// Differences are relative to the largest value of a tensor. Ten steps of Adam on the CNN have the widest bound: where a gradient is
/// nearly 0, Adam divides its rounding by itself.
@Suite struct GoldenStepTests {
    /// A model in training, with the rows and first weights of a golden file.
    private struct Run {
        let step: TrainingStep
        let rows: Int
        let batch: Int
        let advance: Int
        let rate: Double
        private(set) var losses: [Float] = []
        /// The gradients of the first step, by parameter name, in a file's order.
        private(set) var firstGradients: [String: [Float]] = [:]

        init(_ start: Golden, _ description: ModelDescription, _ recipe: Recipe, advance: Int) throws {
            let labels = try start.labels("labels")
            let format = WindowFormat(
                steps: description.input[0], channels: description.input[1],
                classes: try Model(description, maximumRows: 1).classes)
            let data = try WindowSet(values: try start.rows("x"), labels: labels, format: format)
            step = try TrainingStep(description, recipe: recipe, data: data, pool: ThreadPool(threads: 2))
            let others = start.file.tensors.map(\.name).filter { !$0.hasPrefix("start.") }
            try start.file.load(into: step.state, of: step.model, prefix: "start.", besides: others)
            rows = labels.count
            batch = recipe.batch
            rate = recipe.learningRate
            self.advance = advance
        }

        /// Step s takes the rows (advance s + i) % rows.
        mutating func tenSteps() throws {
            for number in 0..<10 {
                let order = (0..<rows).map { Int32((advance * number + $0) % rows) }
                let result = try #require(step.run(order: order, batch: 0..<batch, number: number, rate: rate))
                losses.append(Float(result.loss))
                guard number == 0 else { continue }
                let arena = step.gradient
                for weight in step.model.parameters where weight.role == .weight {
                    firstGradients[weight.name] = weight.fileOrder(arena.read(weight.slot))
                }
            }
        }

        func expectEnd(_ golden: Golden, prefix: String, tolerance: Double) throws {
            for parameter in step.model.parameters {
                let values = parameter.fileOrder(step.state.values(parameter).span)
                let expected = try golden.floats(prefix + parameter.name)
                #expect(relativeDifference(values, expected) <= tolerance, "\(parameter.name) after ten steps")
            }
        }
    }

    /// The same model with dropout that drops nothing: every framework draws masks of its own.
    private func withoutDropout(_ description: ModelDescription) -> ModelDescription {
        let layers = description.network.layers.map { layer -> any Layer in
            switch layer {
            case is Dropout: Dropout(0, name: layer.name)
            case let lstm as LSTM: LSTM(lstm.units, layers: lstm.layers, output: lstm.output, name: lstm.name)
            default: layer
            }
        }
        return ModelDescription(name: description.name, input: description.input, network: Sequential(layers))
    }

    @Test(arguments: [StudyModel.cnn, .lstm])
    func studyModelWithAdam(_ study: StudyModel) throws {
        var recipe = study.recipe(batch: 16)
        recipe.learningRate = 1e-3
        var run = try Run(try Golden("Training/\(study.rawValue)-start"), withoutDropout(study.description), recipe, advance: 7)
        try run.tenSteps()

        let end = try Golden("Training/\(study.rawValue)-end")
        #expect(relativeDifference(run.losses, try end.floats("losses")) <= 2e-6)
        for (name, gradient) in run.firstGradients {
            #expect(relativeDifference(gradient, try end.floats("gradient.\(name)")) <= 5e-6, "first gradient of \(name)")
        }
        try run.expectEnd(end, prefix: "end.", tolerance: 2e-5)
    }

    private let tiny = ModelDescription(
        name: "tiny", input: [4, 3],
        network: Sequential {
            Flatten()
            Dense(5, name: "hidden")
            Tanh()
            Dense(3, name: "dense")
        })

    /// The recipe of a case of tiny.safetensors.
    private static let recipes: [(String, Recipe)] = [
        ("adam", recipe(0.02) { $0.optimizer = .adam(Adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-4)) }),
        ("adamw", recipe(0.02) { $0.optimizer = .adam(Adam(weightDecay: 0.3)) }),
        ("sgd", recipe(0.2) { $0.optimizer = .sgd(SGD(weightDecay: 0.05)) }),
        ("momentum", recipe(0.1) { $0.optimizer = .sgd(SGD(momentum: 0.9)) }),
        ("nesterov", recipe(0.1) { $0.optimizer = .sgd(SGD(momentum: 0.9, nesterov: true, weightDecay: 0.05)) }),
        ("clip_norm", recipe(0.5) { $0.clip = .norm(0.05) }),
        ("clip_value", recipe(0.5) { $0.clip = .value(0.01) }),
        (
            "weighted",
            recipe(0.2) {
                $0.classWeights = .values([0.5, 2, 1.25])
                $0.labelSmoothing = 0.1
            }
        ),
    ]

    private static func recipe(_ rate: Double, _ change: (inout Recipe) -> Void) -> Recipe {
        var recipe = Recipe(epochs: 1, batch: 8, learningRate: rate)
        recipe.optimizer = .sgd(SGD())
        change(&recipe)
        return recipe
    }

    @Test(arguments: recipes)
    func optimizersClippingAndLoss(_ name: String, _ recipe: Recipe) throws {
        let golden = try Golden("Training/tiny")
        var run = try Run(golden, tiny, recipe, advance: 3)
        try run.tenSteps()
        #expect(relativeDifference(run.losses, try golden.floats("\(name).losses")) <= 2e-6)
        try run.expectEnd(golden, prefix: "\(name).end.", tolerance: 2e-6)
    }

    @Test func runningStatisticsOfBatchNorm() throws {
        let golden = try Golden("Training/normalized")
        let description = ModelDescription(
            name: "normalized", input: [5, 3],
            network: Sequential {
                BatchNorm1D()
                Tanh()
                Flatten()
                Dense(2, name: "dense")
            })
        var recipe = GoldenStepTests.recipe(0.1) { _ in }
        recipe.batch = 1
        var run = try Run(golden, description, recipe, advance: 1)
        try run.tenSteps()
        #expect(relativeDifference(run.losses, try golden.floats("losses")) <= 2e-6)
        try run.expectEnd(golden, prefix: "end.", tolerance: 2e-6)
    }
}
