import StrictJSON
import Training

extension RunRecord {
    /// The scores of the best weights.
    public struct Scores: Equatable, Sendable {
        /// The scores on one part of the data.
        public struct Summary: Equatable, Sendable {
            /// The share of right predictions.
            public var accuracy: Double
            /// The mean cross-entropy, without smoothing or class weights.
            public var loss: Double
            /// The mean of the classes' F1.
            public var macroF1: Double
            /// The windows that were scored.
            public var windows: Int

            /// What a record keeps of an evaluation.
            public init(_ evaluation: Evaluation) {
                self.init(
                    accuracy: evaluation.accuracy, loss: evaluation.loss, macroF1: evaluation.macroF1, windows: evaluation.rows)
            }

            init(accuracy: Double, loss: Double, macroF1: Double, windows: Int) {
                self.accuracy = accuracy
                self.loss = loss
                self.macroF1 = macroF1
                self.windows = windows
            }
        }

        /// On the windows learnt from, without dropout.
        public var training: Summary
        /// On the windows held out.
        public var validation: Summary
        /// On the windows of other groups, class by class.
        public var test: Evaluation

        /// The scores of the three parts.
        public init(training: Summary, validation: Summary, test: Evaluation) {
            self.training = training
            self.validation = validation
            self.test = test
        }
    }
}

extension RunRecord.Scores {
    func json(classNames: [String]) -> JSONObject {
        let test = Summary(test)
        func each(_ value: (Summary) -> Double) -> JSON {
            ["train": .number(value(training)), "validation": .number(value(validation)), "test": .number(value(test))]
        }
        return [
            "accuracy": each(\.accuracy), "loss": each(\.loss), "macro_f1": each(\.macroF1),
            "test_report": .object(self.test.json(classNames: classNames)),
        ]
    }

    /// Takes the scores from the fields of a record that has them.
    /// - Returns: The scores, and the names of the classes.
    static func read(
        _ fields: inout JSONFields, data: RunRecord.Data
    ) throws(JSONFieldError) -> (RunRecord.Scores, classNames: [String]) {
        func parts(_ key: String) throws(JSONFieldError) -> (training: Double, validation: Double) {
            var parts = try JSONFields(try fields.take(key, as: JSON.self), context: key)
            return (try parts.takeIfPresent("train") ?? .nan, try parts.takeIfPresent("validation") ?? .nan)
        }
        let (accuracy, loss, macroF1) = (try parts("accuracy"), try parts("loss"), try parts("macro_f1"))
        let report = try fields.take("test_report", as: JSON.self)
        let (test, classNames) = try Evaluation.read(report, context: "test_report")
        var scores = try JSONFields(try fields.take("accuracy", as: JSON.self), context: "accuracy")
        guard abs(try scores.take("test", as: Double.self) - test.accuracy) < 1e-9 else {
            throw scores.failure("test", mustBe: "\(test.accuracy), as the confusion matrix of 'test_report' says")
        }
        return (
            RunRecord.Scores(
                training: Summary(
                    accuracy: accuracy.training, loss: loss.training, macroF1: macroF1.training, windows: data.trainingWindows),
                validation: Summary(
                    accuracy: accuracy.validation, loss: loss.validation, macroF1: macroF1.validation,
                    windows: data.validationWindows),
                test: test),
            classNames
        )
    }
}
