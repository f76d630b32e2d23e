/// Windows of recorded activity with the activity and the volunteer of each.
public struct Recordings: Equatable, Sendable {
    /// The readings, [count, 128, 9] row-major, channels last, in the order and units of `UCIHAR.channels`.
    public let windows: [Float]
    /// The activity of each window, 0-based: an index into `UCIHAR.activities`; [count].
    public let labels: [UInt8]
    /// The volunteer of each window, 1...255; [count].
    public let subjects: [UInt8]

    /// Number of windows.
    public var count: Int { labels.count }

    /// Takes windows that belong together.
    ///
    /// - Precondition: `windows` has 128 x 9 values and `subjects` one entry for each label. The reader and the generator
    ///   guarantee it; a violation is an error in the program.
    public init(windows: [Float], labels: [UInt8], subjects: [UInt8]) {
        precondition(
            windows.count == labels.count * UCIHAR.windowSize && subjects.count == labels.count,
            "recordings: \(windows.count) values, \(labels.count) labels and \(subjects.count) subjects do not belong together")
        self.windows = windows
        self.labels = labels
        self.subjects = subjects
    }

    /// Number of windows of each activity; [6].
    public var activityCounts: [Int] {
        var counts = [Int](repeating: 0, count: UCIHAR.activityCount)
        for label in labels { counts[Int(label)] += 1 }
        return counts
    }

    /// The volunteers, each once, ascending.
    public var volunteers: [UInt8] { Set(subjects).sorted() }
}
