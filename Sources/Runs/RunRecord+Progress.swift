import StrictJSON
import Training

extension RunRecord {
    /// How far a run has come, and in what time.
    public struct Progress: Equatable, Sendable {
        /// The epochs that are done.
        public var epochs = 0
        /// The epoch of the best weights, from 1; nil before the first evaluation.
        public var bestEpoch: Int?
        /// Time in training steps, in seconds.
        public var trainingSeconds = 0.0
        /// Time in evaluations, in seconds.
        public var evaluationSeconds = 0.0
        /// Time for reading data and writing files, in seconds.
        public var inputOutputSeconds = 0.0
        /// Training time until the validation accuracy first reached each of `TrainingProgress.milestones`, in seconds; nil where it
        /// did not.
        public var secondsToAccuracy = [Double?](repeating: nil, count: TrainingProgress.milestones.count)

        /// A run that has not begun.
        public init() {}

        /// What a record keeps of a trainer's progress.
        public init(_ progress: TrainingProgress) {
            epochs = progress.epoch
            bestEpoch = progress.best?.epoch
            trainingSeconds = progress.trainingSeconds
            evaluationSeconds = progress.evaluationSeconds
            inputOutputSeconds = progress.inputOutputSeconds
            secondsToAccuracy = progress.secondsToAccuracy
        }
    }
}

extension RunRecord.Progress {
    /// The "seconds_to_accuracy" of a record.
    var milestones: JSONObject {
        var milestones = JSONObject()
        for (milestone, seconds) in zip(TrainingProgress.milestones, secondsToAccuracy) {
            milestones.set(milestone.label, seconds.map(JSON.number) ?? .null)
        }
        return milestones
    }

    /// Takes the progress from the fields of a record.
    init(fields: inout JSONFields) throws(JSONFieldError) {
        epochs = try fields.take("epochs_done", default: 0)
        bestEpoch = try fields.takeIfPresent("best_epoch")
        trainingSeconds = try fields.take("training_seconds", default: 0)
        evaluationSeconds = try fields.take("evaluation_seconds", default: 0)
        inputOutputSeconds = try fields.take("io_seconds", default: 0)
        var milestones = try JSONFields(
            try fields.take("seconds_to_accuracy", default: JSON.object([:])), context: "seconds_to_accuracy")
        for (index, milestone) in TrainingProgress.milestones.enumerated() {
            secondsToAccuracy[index] = try milestones.takeIfPresent(milestone.label)
        }
    }
}
