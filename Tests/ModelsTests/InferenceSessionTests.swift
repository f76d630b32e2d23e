import Layers
import Memory
import Models
import Platform
import SmallModel
import Synchronization
import Testing
import TimeSeries

@Suite struct InferenceSessionTests {
    private static let windows = 37

    /// Models of every path that a prediction takes: fused and general convolutions, sequences, branches.
    enum Case: String, CaseIterable {
        case convolutions, sequences, branches

        var description: ModelDescription {
            ModelDescription(name: rawValue, input: [24, 5], network: Sequential(layers))
        }

        private var layers: [any Layer] {
            switch self {
            case .convolutions:
                [
                    Conv1D(18, kernel: 2, padding: .same), ReLU(), MaxPool1D(2), Conv1D(7, kernel: 3), Dropout(0.5), Flatten(),
                    Dense(6),
                ]
            case .sequences: [Dense(27), LSTM(27, layers: 2, dropout: 0.5), Dense(6)]
            case .branches:
                [
                    Concatenate([
                        Sequential([Conv1D(9, kernel: 1), Tanh()]),
                        Sequential([AveragePool1D(2, stride: 1, padding: .same), BatchNorm1D(), Sigmoid()]),
                    ]), GlobalAveragePool1D(), Dense(6),
                ]
            }
        }
    }

    private struct Setup {
        let model: Model
        let state: ModelState
        let standardization: Standardization
        let x: [Float]

        init(_ tested: Case) throws {
            model = try Model(tested.description, maximumRows: 5)
            state = ModelState(model)
            model.initialize(state, seed: 2)
            var random = Random(seed: 3, stream: .synthesis)
            let size = model.description.input.count
            x = (0..<InferenceSessionTests.windows * size).map { _ in Float(random.uniform(-2, 2)) }
            standardization = try Standardization(
                mean: (0..<5).map(Float.init), std: (1...5).map(Float.init), window: model.description.input)
        }

        func session(lanes: Int = 1, threads: Int = 1) -> InferenceSession {
            InferenceSession(model, state: state, standardization: standardization, lanes: lanes, threads: threads)
        }
    }

    /// All windows in one call.
    private func batch(_ session: InferenceSession, _ x: [Float]) throws -> [Float] {
        let count = x.count / session.format.shape.count
        var probabilities = [Float](repeating: .nan, count: count * session.model.classes)
        var span = probabilities.mutableSpan
        try session.predict(x.span, into: &span)
        return probabilities
    }

    @Test(arguments: Case.allCases) func threadsDoNotChangeABit(tested: Case) throws {
        let setup = try Setup(tested)
        let one = try batch(setup.session(), setup.x)
        #expect(one.allSatisfy { (0...1).contains($0) })
        for threads in [2, 3] { #expect(try batch(setup.session(threads: threads), setup.x) == one) }
    }

    /// Tiles of other sizes add in another order: equal to rounding.
    @Test(arguments: Case.allCases) func aWindowAloneIsClassifiedAsInABatch(tested: Case) throws {
        let setup = try Setup(tested)
        let session = setup.session()
        let together = try batch(session, setup.x)
        let alone = try session.predict(setup.x).flatMap(\.probabilities)
        #expect(alone.count == together.count)
        for (a, b) in zip(alone, together) { #expect(abs(a - b) < 1e-5) }
    }

    /// The answer to a window is the same to the bit in whatever company it comes, however it is asked.
    @Test(arguments: Case.allCases) func aWindowHasOneAnswer(tested: Case) throws {
        let setup = try Setup(tested)
        let size = setup.model.description.input.count
        let all = try setup.session(lanes: 2, threads: 2).predict(setup.x)
        #expect(all.count == InferenceSessionTests.windows)
        let session = setup.session()
        for (index, prediction) in all.enumerated() {
            let window = Array(setup.x[index * size..<(index + 1) * size])
            #expect(try session.predict(window) == [prediction])
            #expect(try batch(session, window) == prediction.probabilities)
            #expect(prediction.confidence == prediction.probabilities.max())
            #expect(prediction.name == session.format.classes[prediction.label])
        }
    }

    /// Of so many weights that threads share the products of a single window, steps of a sequence and layers without any.
    @Test func threadsThatShareAWindowDoNotChangeABit() throws {
        let description = ModelDescription("large", input: [6, 5]) {
            LSTM(500)
            Dense(130)
            Dense(6)
        }
        let model = try Model(description, maximumRows: 1)
        #expect(model.parameterCount >= 1 << 20)
        let state = ModelState(model)
        model.initialize(state, seed: 4)
        var random = Random(seed: 5, stream: .synthesis)
        let x = (0..<30).map { _ in Float(random.uniform(-2, 2)) }
        let answers = try [1, 2, 3].map { threads in
            let session = InferenceSession(model, state: state, standardization: .none, threads: threads)
            return try batch(session, x)
        }
        #expect(answers[1] == answers[0] && answers[2] == answers[0])
        #expect(Set(answers[0]).count > 1)
    }

    /// More calls than lanes: they wait for each other and answer as if they were alone.
    @Test(arguments: [(1, 1), (2, 1), (1, 2), (3, 2)]) func callsAtTheSameTimeDoNotMeet(lanes: Int, threads: Int) throws {
        let setup = try Setup(.convolutions)
        let session = setup.session(lanes: lanes, threads: threads)
        let expected = try batch(session, setup.x)
        let wrong = Atomic<Int>(0)
        ThreadPool(threads: 6).run(64) { _ in
            if (try? batch(session, setup.x)) != expected { wrong.add(1, ordering: .relaxed) }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    /// A session keeps the weights it was made with.
    @Test func laterChangesOfTheWeightsDoNotReachIt() throws {
        let setup = try Setup(.convolutions)
        let session = setup.session()
        let before = try session.predict(setup.x)
        setup.model.initialize(setup.state, seed: 99)
        #expect(try session.predict(setup.x) == before)
        #expect(try setup.session().predict(setup.x) != before)
    }

    @Test func whatIsNoWindowIsRefused() throws {
        let session = try Setup(.sequences).session()
        let message = "119 values are no whole number of windows of [24, 5], 120 values each"
        #expect(throws: WindowError(message: message)) { try session.predict([Float](repeating: 0, count: 119)) }
        #expect(try session.predict([]).isEmpty)
        let error = try #require(throws: WindowError.self) {
            var room = [Float](repeating: 0, count: 6)
            var span = room.mutableSpan
            try session.predict([Float](repeating: 0, count: 240).span, into: &span)
        }
        #expect(error.message.hasPrefix("2 windows have 12 probabilities of 6 classes, there is room for 6"))
        let second = try #require(throws: WindowError.self) {
            try session.predict([Float](repeating: 0, count: 120) + [Float](repeating: .nan, count: 120))
        }
        #expect(second.message.hasPrefix("window 2: the probabilities are not finite"))
    }

    @Test(arguments: [0, -1])
    func aSessionNeedsLanesAndThreads(count: Int) throws {
        let checkpoint = try SmallModel.checkpoint()
        #expect(throws: InferenceSessionError.lanes(count)) { try InferenceSession(checkpoint, lanes: count) }
        #expect(throws: InferenceSessionError.threads(count)) { try InferenceSession(checkpoint, threads: count) }
    }

    @Test func aSessionOfACheckpointKnowsItsFormat() throws {
        let checkpoint = try SmallModel.checkpoint()
        let session = try InferenceSession(checkpoint)
        #expect(session.format == SmallModel.details.format)
        let prediction = try #require(try session.predict([Float](repeating: 1, count: 8)).first)
        #expect(SmallModel.details.format.classes.contains(prediction.name))
    }
}
