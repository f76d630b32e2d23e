/// How far a run has come: everything besides weights and optimizer state that a resumed run must know to end in the same bits.
///
/// Shuffles and dropout masks are functions of the seed and of these counters, so no generator's state is kept.
public struct TrainingProgress: Equatable, Sendable {
    /// The best evaluation so far.
    public struct Best: Equatable, Sendable {
        /// From 1.
        public let epoch: Int
        /// On the validation rows.
        public let accuracy: Double
        /// On the validation rows.
        public let loss: Double

        /// An evaluation's scores.
        public init(epoch: Int, accuracy: Double, loss: Double) {
            self.epoch = epoch
            self.accuracy = accuracy
            self.loss = loss
        }
    }

    /// The epoch that is under way or next, from 0.
    public var epoch = 0
    /// The next batch of the epoch, from 0.
    public var batch = 0
    /// Steps taken in the run.
    public var step = 0
    /// The losses of the epoch's rows so far, summed.
    public var epochLoss = 0.0
    /// The epoch's rows so far.
    public var epochRows = 0
    /// Those of them whose prediction was right.
    public var epochCorrect = 0
    /// The best evaluation so far; nil before the first.
    public var best: Best?
    /// The accuracy that the next must exceed by the recipe's minimum to reset the patience.
    public var patienceMark = 0.0
    /// Evaluations since then.
    public var evaluationsWithoutGain = 0
    /// Why the run is over; nil while it is not.
    public var endedBy: StopReason?
    /// Time in training steps, in seconds.
    public var trainingSeconds = 0.0
    /// Time in evaluations, in seconds.
    public var evaluationSeconds = 0.0
    /// Time for reading data and writing files, in seconds.
    public var inputOutputSeconds = 0.0
    /// Training time until the validation accuracy first reached each of `milestones`, in seconds.
    public var secondsToAccuracy: [Double?] = Array(repeating: nil, count: milestones.count)

    /// A validation accuracy whose time is noted.
    public struct Milestone: Sendable {
        /// The accuracy, above 0 and at most 1.
        public let accuracy: Double
        /// The accuracy as reports and run records name it.
        public let label: String
    }

    /// The accuracies whose times are noted.
    public static let milestones = [
        Milestone(accuracy: 0.90, label: "0.90"), Milestone(accuracy: 0.95, label: "0.95"),
        Milestone(accuracy: 0.99, label: "0.99"),
    ]

    /// A run that has not begun.
    public init() {}
}
