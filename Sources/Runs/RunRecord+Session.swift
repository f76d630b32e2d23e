import Platform
import StrictJSON

extension RunRecord {
    /// A part of a run on one machine, from its begin or a resumption to its next stop.
    public struct Session: Equatable, Sendable {
        /// The processor's model.
        public var cpu: String
        /// The instruction set of the inner loops, which decides the last bits.
        public var kernels: String?
        /// Threads that worked.
        public var threads: Int
        /// Epochs that ended in the session.
        public var epochs: Int
        /// Time in training steps, in seconds.
        public var trainingSeconds: Double

        /// A session that begins.
        init(device: Device, threads: Int, epochs: Int = 0, trainingSeconds: Double = 0) {
            cpu = device.cpu
            kernels = device.kernels
            self.threads = threads
            self.epochs = epochs
            self.trainingSeconds = trainingSeconds
        }

        /// Whether another session was on the same machine, with the same kernels and threads.
        public func isAlike(_ other: Session) -> Bool {
            cpu == other.cpu && kernels == other.kernels && threads == other.threads
        }

        /// "AMD EPYC, avx2 kernels, 2 threads".
        public var place: String {
            "\(cpu), \(kernels.map { "\($0) kernels, " } ?? "")\(NumberText.count(threads, "thread"))"
        }
    }

    /// Whether all sessions were on one machine with the same kernels and threads: then the run's time is that machine's.
    public var isOfOneMachine: Bool { sessions.allSatisfy { $0.isAlike(sessions[0]) } }
}

extension RunRecord.Session {
    /// The session as run.json holds it.
    public var json: JSON {
        [
            "cpu": .string(cpu), "kernels": kernels.map(JSON.string) ?? .null, "threads": .integer(threads),
            "epochs": .integer(epochs), "training_seconds": .number(trainingSeconds),
        ]
    }

    init(json: JSON) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: "sessions")
        cpu = try fields.take("cpu")
        kernels = try fields.takeIfPresent("kernels")
        threads = try fields.take("threads")
        epochs = try fields.take("epochs")
        trainingSeconds = try fields.take("training_seconds")
        guard JSON.isVisible(cpu), kernels.map(JSON.isVisible) ?? true, epochs >= 0, trainingSeconds >= 0 else {
            throw JSONFieldError(
                context: "sessions", problem: "'cpu' and 'kernels' must be texts, 'epochs' and 'training_seconds' at least 0")
        }
    }
}
