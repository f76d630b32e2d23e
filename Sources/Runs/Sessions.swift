import Training

/// The sessions of a run: those before it was taken up, and this one.
struct Sessions {
    private(set) var earlier: [RunRecord.Session] = []
    /// This session as it began.
    let own: RunRecord.Session
    /// Where the earlier sessions ended.
    private var (epochs, trainingSeconds) = (0, 0.0)

    /// Of a run that begins now.
    init(_ record: RunRecord) {
        own = RunRecord.Session(device: record.device ?? .current(), threads: record.threads ?? 1)
    }

    /// Goes on after earlier sessions, which add up to the progress: the last of them lost what it did after its last checkpoint.
    mutating func resume(after earlier: [RunRecord.Session], _ progress: TrainingProgress) {
        self.earlier = earlier
        epochs = progress.epoch
        trainingSeconds = progress.trainingSeconds
        guard let last = earlier.indices.last else { return }
        self.earlier[last].epochs = max(0, epochs - earlier[..<last].reduce(0) { $0 + $1.epochs })
        self.earlier[last].trainingSeconds = max(0, trainingSeconds - earlier[..<last].reduce(0) { $0 + $1.trainingSeconds })
    }

    /// All sessions where the run stands; this one is left out as long as it has done nothing.
    func all(_ progress: TrainingProgress) -> [RunRecord.Session] {
        var own = own
        own.epochs = progress.epoch - epochs
        own.trainingSeconds = progress.trainingSeconds - trainingSeconds
        return earlier.isEmpty || own.trainingSeconds > 0 ? earlier + [own] : earlier
    }
}
