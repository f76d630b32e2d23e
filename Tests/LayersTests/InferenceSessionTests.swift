import HAR
import Layers
import Memory
import Platform
import Synchronization
import Testing

@Suite struct InferenceSessionTests {
    private static let windows = 37

    private struct Setup {
        let model: Model
        let state: ModelState
        let standardization: Standardization
        let x: [Float]

        init(_ study: StudyModel) throws {
            model = try Model(study.description, maximumRows: 5)
            state = ModelState(model)
            model.initialize(state, seed: 2)
            var random = Random(seed: 3, stream: .synthesis)
            let size = model.description.input.count
            x = (0..<InferenceSessionTests.windows * size).map { _ in Float(random.uniform(-2, 2)) }
            standardization = try Standardization(
                of: x, window: model.description.input, indices: Array(0..<InferenceSessionTests.windows), kind: .channel)
        }

        func session(threads: Int = 1) -> InferenceSession {
            InferenceSession(model, state: state, standardization: standardization, threads: threads)
        }
    }

    @Test(arguments: StudyModel.allCases) func threadsDoNotChangeABit(study: StudyModel) throws {
        let setup = try Setup(study)
        let one = setup.session().predict(setup.x)
        #expect(one.count == InferenceSessionTests.windows * setup.model.classes)
        for threads in [2, 3] { #expect(setup.session(threads: threads).predict(setup.x) == one) }
    }

    /// Tiles of other sizes add in another order: equal to rounding.
    @Test(arguments: StudyModel.allCases) func aWindowAloneIsClassifiedAsInABatch(study: StudyModel) throws {
        let setup = try Setup(study)
        let session = setup.session()
        let batch = session.predict(setup.x)
        let size = setup.model.description.input.count
        for window in 0..<InferenceSessionTests.windows {
            let alone = session.predict(Array(setup.x[window * size..<(window + 1) * size]))
            for (j, p) in alone.enumerated() { #expect(abs(p - batch[window * setup.model.classes + j]) < 1e-5) }
        }
    }

    @Test(arguments: [1, 2]) func callsAtTheSameTimeDoNotMeet(threads: Int) throws {
        let setup = try Setup(.cnn)
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
        let setup = try Setup(.cnn)
        let session = setup.session()
        let before = session.predict(setup.x)
        setup.model.initialize(setup.state, seed: 99)
        #expect(session.predict(setup.x) == before)
        #expect(setup.session().predict(setup.x) != before)
    }
}
