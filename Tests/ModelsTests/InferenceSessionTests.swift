import Layers
import Memory
import Models
import Platform
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

        func session(threads: Int = 1) -> InferenceSession {
            InferenceSession(model, state: state, standardization: standardization, threads: threads)
        }
    }

    @Test(arguments: Case.allCases) func threadsDoNotChangeABit(tested: Case) throws {
        let setup = try Setup(tested)
        let one = setup.session().predict(setup.x)
        #expect(one.count == InferenceSessionTests.windows * setup.model.classes)
        for threads in [2, 3] { #expect(setup.session(threads: threads).predict(setup.x) == one) }
    }

    /// Tiles of other sizes add in another order: equal to rounding.
    @Test(arguments: Case.allCases) func aWindowAloneIsClassifiedAsInABatch(tested: Case) throws {
        let setup = try Setup(tested)
        let session = setup.session()
        let batch = session.predict(setup.x)
        let size = setup.model.description.input.count
        for window in 0..<InferenceSessionTests.windows {
            let alone = session.predict(Array(setup.x[window * size..<(window + 1) * size]))
            for (j, p) in alone.enumerated() { #expect(abs(p - batch[window * setup.model.classes + j]) < 1e-5) }
        }
    }

    @Test(arguments: [1, 2]) func callsAtTheSameTimeDoNotMeet(threads: Int) throws {
        let setup = try Setup(.convolutions)
        let session = setup.session(threads: threads)
        let expected = session.predict(setup.x)
        let wrong = Atomic<Int>(0)
        ThreadPool(threads: 4).run(64) { _ in
            if session.predict(setup.x) != expected { wrong.add(1, ordering: .relaxed) }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    /// A session keeps the weights it was made with.
    @Test func laterChangesOfTheWeightsDoNotReachIt() throws {
        let setup = try Setup(.convolutions)
        let session = setup.session()
        let before = session.predict(setup.x)
        setup.model.initialize(setup.state, seed: 99)
        #expect(session.predict(setup.x) == before)
        #expect(setup.session().predict(setup.x) != before)
    }
}
