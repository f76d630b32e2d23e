import Platform

/// What tells rows of `hartrain bench` apart, also those of two files.
public struct BenchKey: Hashable, Sendable {
    /// What a row times.
    public enum Work: String, CaseIterable, Sendable {
        /// A process from its start to its end, with one prediction.
        case start
        /// A file of weights read, checked and made ready.
        case load
        /// A prediction.
        case predict
        /// A training step.
        case step
        /// An epoch of training.
        case epoch
        /// A training step's way forward, of one layer.
        case forward
        /// A training step's way back, of one layer.
        case backward
    }

    /// How the time of a row is known that was not timed.
    public enum Computation: String, CaseIterable, Sendable {
        /// An epoch: the time of a step, as often as it has steps.
        case fromSteps = "from steps"

        /// What stands before such a time.
        public static let sign = "~"
    }

    /// The model's name.
    public let model: String
    /// What is timed.
    public let work: Work
    /// The layers of which a row is, as "conv1+relu1+pool1"; empty: the whole model.
    public let layer: String
    /// Windows of a call.
    public let batch: Int
    /// Threads that work.
    public let threads: Int

    /// The key of a row.
    public init(model: String, work: Work, layer: String = "", batch: Int, threads: Int) {
        self.model = model
        self.work = work
        self.layer = layer
        self.batch = batch
        self.threads = threads
    }

    /// "cnn predict, batch 600, 2 threads".
    public var text: String {
        "\(model) \(work.rawValue)\(layer.isEmpty ? "" : " of \(layer)"), batch \(batch), " + NumberText.count(threads, "thread")
    }
}
