import Hartrain
import Platform
import Testing

/// Training on arrays, through the door.
@Suite struct TrainOnArraysTests {
    private func trainer(_ recipe: Recipe, from start: Checkpoint? = nil, threads: Int = 1) throws -> Trainer {
        let (training, validation) = try Gestures.windows(people: 0..<4).split(.groups)
        return try Trainer(
            Gestures.model, recipe: recipe, training: training, validation: validation, from: start, threads: threads)
    }

    @Test func aModelLearnsAndPredicts() throws {
        let trainer = try trainer(Recipe(epochs: 20, batch: 8, learningRate: 1e-2))
        var accuracies: [Double] = []
        let reason = try trainer.fit { event in
            if case .epochEnded(let epoch) = event { accuracies.append(epoch.validation?.accuracy ?? 0) }
            return .continue
        }
        #expect(reason == .finished && accuracies.count == 20)
        let others = try Gestures.windows(people: 7..<9)
        #expect(try trainer.evaluate(others).accuracy == 1)
        let best = trainer.best
        #expect(best.details.format == Gestures.format && best.details.dataHash.count == 64)
        let session = try InferenceSession(best)
        let answers = try session.predict(others.values)
        #expect(answers.map(\.label) == others.labels.map { Int($0) })
        #expect(answers[1].name == "wave")
        // Tensors in, tensors out: the same answers.
        let probabilities = try session.predict(others.tensor)
        #expect(probabilities.shape == [30, 3])
        #expect(probabilities.values == answers.flatMap(\.probabilities))
        let error = try #require(throws: WindowError.self) {
            try session.predict(Tensor([2, 5, 10], [Float](repeating: 0, count: 100)))
        }
        #expect(error.message == "a tensor of [2, 5, 10] holds no windows of [10, 5]: it must be [count, 10, 5]")
    }

    @Test func theCallbackStopsAndThreadsChangeNothing() throws {
        func weights(threads: Int) throws -> [Float]? {
            let trainer = try trainer(Recipe(epochs: 20, batch: 8, learningRate: 1e-2), threads: threads)
            let reason = try trainer.fit { event in
                if case .epochEnded(let epoch) = event, epoch.epoch == 3 { .stop } else { .continue }
            }
            #expect(reason == .stopped && trainer.progress.epoch == 3)
            return trainer.best["conv.weight"]?.values
        }
        let one = try weights(threads: 1)
        #expect(one?.count == 8 * 5 * 3)
        #expect(try weights(threads: 2) == one)
    }

    /// The best weights that were taken stay as they were while training goes on.
    @Test func theBestIsACopy() throws {
        let trainer = try trainer(Recipe(epochs: 6, batch: 8, learningRate: 1e-2))
        let first = trainer.best
        let before = first["dense.bias"]?.values
        try trainer.fit { _ in .continue }
        #expect(first["dense.bias"]?.values == before)
        #expect(trainer.best["dense.bias"]?.values != before)
    }

    @Test func trainingBeginsWithGivenWeightsAndTheirStandardization() throws {
        let first = try trainer(Recipe(epochs: 8, batch: 8, learningRate: 1e-2))
        try first.fit { _ in .continue }
        let second = try trainer(Recipe(epochs: 1, batch: 8, learningRate: 1e-6), from: first.best)
        #expect(second.best["conv.weight"] == first.best["conv.weight"])
        #expect(second.standardization == first.standardization)
        let windows = try Gestures.windows(people: 0..<4)
        #expect(try second.evaluate(windows) == first.evaluate(windows))
        var other = Gestures.model
        other = ModelDescription("other", input: Gestures.format.shape) {
            Flatten()
            Dense(3)
        }
        let error = try #require(throws: TrainingError.self) {
            try Trainer(
                other, recipe: Recipe(epochs: 1, batch: 8, learningRate: 1e-2), training: windows, validation: windows,
                from: first.best)
        }
        #expect("\(error)" == "the weights to begin with are of other layers than the model 'other' has")
    }

    /// Weights of windows of another length have a standardisation of another length, whatever their own shapes are.
    @Test func weightsOfOtherWindowsAreRefused() throws {
        func model(steps: Int) -> ModelDescription {
            ModelDescription("pooled", input: Shape(steps, 5)) {
                GlobalAveragePool1D()
                Dense(3)
            }
        }
        let windows = try Gestures.windows(people: 0..<2)
        let recipe = Recipe(epochs: 1, batch: 8, learningRate: 1e-2)
        let start = try Trainer(model(steps: 10), recipe: recipe, training: windows, validation: windows).best
        let format = WindowFormat(steps: 5, channels: 5, classes: 3)
        let short = try WindowSet(values: windows.values, labels: (0..<60).map { $0 % 3 }, format: format)
        let error = try #require(throws: TrainingError.self) {
            try Trainer(model(steps: 5), recipe: recipe, training: short, validation: short, from: start)
        }
        #expect("\(error)" == "the weights to begin with take windows of [10, 5], the model of [5, 5]")
    }

    /// What a file could not hold is refused before anything is trained.
    @Test func formatsAndNamesThatNoFileCanHoldAreRefused() throws {
        let refused: [(WindowFormat, String)] = [
            (WindowFormat(steps: -1, channels: 2, classes: 2), "a window of -1 steps and 2 channels"),
            (WindowFormat(steps: 1 << 62, channels: 4, classes: 2), "a window of 4611686018427387904 steps"),
            (WindowFormat(steps: 2, channels: ["a", ""], classes: ["x"]), "the channel ''"),
            (WindowFormat(steps: 2, channels: ["a"], classes: ["x\u{7}"]), "the class 'x"),
            (WindowFormat(steps: 2, channels: ["a"], classes: ["x"], units: ["g", "g"]), "2 units for 1 channels"),
            (WindowFormat(steps: 2, channels: ["a"], classes: ["x"], rate: 0), "a rate of 0.0 Hz"),
        ]
        for (format, problem) in refused {
            let error = try #require(throws: WindowError.self) { try WindowSet(values: [], labels: [], format: format) }
            #expect(error.message.hasPrefix(problem), "\(error)")
            #expect(throws: WindowError.self) { try WindowReader("windows.csv", format: format) }
        }
        let windows = try Gestures.windows(people: 0..<2)
        let named = ModelDescription("named", input: windows.format.shape) {
            Flatten()
            Dense(3, name: "dense a")
        }
        let error = try #require(throws: TrainingError.self) {
            try Trainer(named, recipe: Recipe(epochs: 1, batch: 8, learningRate: 1e-2), training: windows, validation: windows)
        }
        #expect("\(error)".contains("the name 'dense a' cannot stand in a file"))
        let ungrouped = try WindowSet(values: windows.values, labels: windows.labels.map { Int($0) }, format: windows.format)
        #expect(throws: SplitError.noGroups) { try ungrouped.split(.groups) }
    }

    @Test func whatDoesNotFitIsNamed() throws {
        let windows = try Gestures.windows(people: 0..<2)
        let recipe = Recipe(epochs: 1, batch: 8, learningRate: 1e-2)
        func error(_ model: ModelDescription, _ recipe: Recipe, validation: WindowSet? = nil) -> String? {
            do throws(TrainingError) {
                _ = try Trainer(model, recipe: recipe, training: windows, validation: validation ?? windows)
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(error(Gestures.model, recipe) == nil)
        let narrow = ModelDescription("narrow", input: [10, 4]) {
            Flatten()
            Dense(3)
        }
        #expect(error(narrow, recipe)?.hasPrefix("the model takes windows of [10, 4], the data has [10, 5]") == true)
        let two = ModelDescription("two", input: [10, 5]) {
            Flatten()
            Dense(2)
        }
        #expect(error(two, recipe) == "the model gives 2 classes, the data has 3")
        #expect(error(Gestures.model, Recipe(epochs: 0, batch: 8, learningRate: 1e-2))?.hasPrefix("epochs must be") == true)
        #expect(
            error(Gestures.model, recipe, validation: windows[[]])
                == "no windows to take the mean and standard deviation of: hold out fewer windows")
    }
}
