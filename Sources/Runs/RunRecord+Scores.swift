import StrictJSON
import Training

extension RunRecord {
    /// The scores of the best weights.
    public struct Scores: Equatable, Sendable {
        /// On the windows learnt from, without dropout.
        public var training: Evaluation
        /// On the windows held out.
        public var validation: Evaluation
        /// On the windows of other volunteers.
        public var test: Evaluation

        /// The scores of the three parts.
        public init(training: Evaluation, validation: Evaluation, test: Evaluation) {
            self.training = training
            self.validation = validation
            self.test = test
        }
    }
}

extension RunRecord.Scores {
    func json(classNames: [String]) -> JSONObject {
        func each(_ value: (Evaluation) -> Double) -> JSON {
            ["train": .number(value(training)), "validation": .number(value(validation)), "test": .number(value(test))]
        }
        return [
            "accuracy": each { $0.accuracy }, "loss": each { $0.loss }, "macro_f1": each { $0.macroF1 },
            "test_report": .object(test.json(classNames: classNames)),
        ]
    }
}
