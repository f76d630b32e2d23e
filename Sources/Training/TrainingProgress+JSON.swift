import StrictJSON

extension TrainingProgress {
    /// The progress as a resume file holds it.
    public var json: JSONObject {
        [
            "epoch": .integer(epoch), "batch": .integer(batch), "step": .integer(step), "epoch_loss": .number(epochLoss),
            "epoch_rows": .integer(epochRows), "epoch_correct": .integer(epochCorrect),
            "best_epoch": .integer(best?.epoch ?? 0), "best_accuracy": .number(best?.accuracy ?? 0),
            "best_loss": .number(best?.loss ?? 0), "patience_mark": .number(patienceMark),
            "evaluations_without_gain": .integer(evaluationsWithoutGain),
            "ended_by": endedBy.map { .string($0.rawValue) } ?? .null,
            "training_seconds": .number(trainingSeconds), "evaluation_seconds": .number(evaluationSeconds),
            "io_seconds": .number(inputOutputSeconds),
            "seconds_to_accuracy": .array(secondsToAccuracy.map { $0.map(JSON.number) ?? .null }),
        ]
    }

    /// Reads what `json` gives, strictly.
    /// - Throws: A `JSONFieldError` that names the field.
    public init(json: JSON, context: String) throws(JSONFieldError) {
        self.init()
        var fields = try JSONFields(json, context: context)
        func count(_ key: String) throws(JSONFieldError) -> Int {
            let value = try fields.take(key, as: Int.self)
            guard value >= 0, value <= largestCount else {
                throw fields.failure(key, mustBe: "a whole number of 0 to \(largestCount)")
            }
            return value
        }
        func amount(_ key: String) throws(JSONFieldError) -> Double {
            let value = try fields.take(key, as: Double.self)
            guard value >= 0 else { throw fields.failure(key, mustBe: "a number of 0 or more") }
            return value
        }
        func share(_ key: String) throws(JSONFieldError) -> Double {
            let value = try amount(key)
            guard value <= 1 else { throw fields.failure(key, mustBe: "a number of 0 to 1") }
            return value
        }
        let largestCount = 1_000_000_000_000
        epoch = try count("epoch")
        batch = try count("batch")
        step = try count("step")
        epochLoss = try amount("epoch_loss")
        epochRows = try count("epoch_rows")
        epochCorrect = try count("epoch_correct")
        let bestEpoch = try count("best_epoch")
        let best = Best(epoch: bestEpoch, accuracy: try share("best_accuracy"), loss: try amount("best_loss"))
        self.best = bestEpoch > 0 ? best : nil
        patienceMark = try share("patience_mark")
        evaluationsWithoutGain = try count("evaluations_without_gain")
        if let reason = try fields.takeIfPresent("ended_by", as: String.self) {
            guard let known = StopReason(rawValue: reason) else { throw fields.failure("ended_by", mustBe: "a reason to stop") }
            endedBy = known
        }
        trainingSeconds = try amount("training_seconds")
        evaluationSeconds = try amount("evaluation_seconds")
        inputOutputSeconds = try amount("io_seconds")
        let seconds = try fields.take("seconds_to_accuracy", as: [JSON].self)
        guard seconds.count == TrainingProgress.milestones.count,
            seconds.allSatisfy({ $0 == .null || $0.asDouble.map { $0 >= 0 && $0 <= trainingSeconds } == true })
        else {
            throw fields.failure(
                "seconds_to_accuracy",
                mustBe: "a list of \(TrainingProgress.milestones.count), each null or a part of the training time")
        }
        secondsToAccuracy = seconds.map(\.asDouble)
        try fields.finish()
    }
}
