import Glibc
import Layers
import Memory
import Models
import Platform
import Testing
import TimeSeries

@testable import Training

@Suite struct EvaluatorTests {
    /// Every row by itself, as a prediction.
    private func byHand(_ model: Model, _ state: ModelState, _ data: WindowSet) throws -> Evaluation {
        let session = InferenceSession(model, state: state, standardization: .none)
        var probabilities = [Float](repeating: 0, count: model.classes)
        var loss = 0.0
        var confusion = ConfusionMatrix(classes: model.classes)
        var calibration = Calibration()
        var groups = GroupAccuracy()
        for row in 0..<data.count {
            var span = probabilities.mutableSpan
            try session.predict(data.window(row), into: &span)
            let label = Int(data.labels[row])
            loss -= log(Double(probabilities[label]))
            let best = probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
            confusion.add(truth: label, predicted: best)
            calibration.add(confidence: Double(probabilities[best]), isCorrect: label == best)
            if !data.groups.isEmpty { groups.add(group: data.groups[row], correct: label == best ? 1 : 0) }
        }
        return Evaluation(loss: loss / Double(data.count), confusion: confusion, calibration: calibration, groups: groups)
    }

    @Test(arguments: [1, 5, 12, 50])
    func equalsALoopByHand(_ rows: Int) throws {
        let model = try Model(mixed, maximumRows: 4)
        let state = ModelState(model)
        model.initialize(state, seed: 4)
        let data = waves(rows: rows, groups: 4)
        let expected = try byHand(model, state, data)
        let evaluator = Evaluator(model, pool: ThreadPool(threads: 2))
        let measured = evaluator.evaluate(state, on: data)
        #expect(measured.confusion == expected.confusion)
        #expect(measured.groups == expected.groups && measured.groups.groups.count == min(rows, 4))
        let (bins, others) = try (#require(measured.calibration).bins, #require(expected.calibration).bins)
        #expect(bins.map(\.rows) == others.map(\.rows) && bins.map(\.correct) == others.map(\.correct))
        for (bin, other) in zip(bins, others) { #expect(abs(bin.confidence - other.confidence) < 1e-6) }
        #expect(abs(measured.loss - expected.loss) < 1e-6)
        #expect(measured.rows == rows)
        // Nothing of an evaluation stays for the next.
        #expect(evaluator.evaluate(state, on: data) == measured)
    }

    /// Twelve parts, whoever evaluates them, each once.
    @Test(arguments: [1, 2, 5, 16]) func everyPartIsEvaluatedOnce(threads: Int) throws {
        let model = try Model(mixed, maximumRows: 4)
        let state = ModelState(model)
        model.initialize(state, seed: 4)
        let data = waves(rows: 50)
        let worker = LaneWorker(model, standardization: .none, training: false)
        let weights = PackedWeights(model, state: state, forTraining: false)
        var loss = 0.0
        for index in 0..<12 {
            let part = EvaluationPart(classes: model.classes)
            worker.evaluate(
                weights, data, order: (0..<50).map { $0 }, share: Sharding.part(index, of: 12, rows: 50), into: part)
            loss += part.loss
        }
        let evaluation = Evaluator(model, pool: ThreadPool(threads: threads)).evaluate(state, on: data)
        #expect(evaluation.loss == loss / 50)
        #expect(evaluation.rows == 50)
    }

    @Test func noRows() throws {
        let model = try Model(linear, maximumRows: 4)
        let evaluator = Evaluator(model, pool: ThreadPool(threads: 2))
        let nothing = evaluator.evaluate(ModelState(model), on: waves(rows: 0))
        #expect(nothing.loss == 0)
        #expect(nothing.rows == 0)
    }
}
