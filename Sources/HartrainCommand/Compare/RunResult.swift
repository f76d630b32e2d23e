import Models
import Platform
import Runs
import Training

/// What came of a finished run, on which machine: what can be compared between runs.
struct RunResult {
    /// The record's path.
    let file: String
    /// The folder of a record that has its usual name, else the record: how people name a run.
    var folder: String { file.hasSuffix("/run.json") ? String(file.dropLast(9)) : file }
    /// What the run was, and its result.
    let record: RunRecord
    let device: RunRecord.Device
    let scores: RunRecord.Scores
    /// Threads that worked.
    let threads: Int

    /// The machine's processor.
    var cpu: String { device.cpu }
    var architecture: String { device.architecture }
    /// Whether the processor was emulated: then no time of the run means anything.
    var isEmulated: Bool { device.isEmulated }
    /// Whether the training time is that of the machine: a run that was emulated, or went on elsewhere, has none.
    var hasTime: Bool { !isEmulated && record.isOfOneMachine }
    /// The machine, or the machines that the run went over, as tables name them.
    var place: String {
        guard record.isOfOneMachine else { return record.sessions.map(\.place).joined(separator: " + ") }
        return "\(cpu), \(NumberText.count(threads, "thread"))\(isEmulated ? " (emulated)" : "")"
    }
    /// Whether nobody recorded the windows.
    var isSynthetic: Bool { (try? DataSource.syntheticSeed(record.data.source)).flatMap(\.self) != nil }
    /// Seconds of training, without evaluation and files.
    var trainingSeconds: Double { record.progress.trainingSeconds }
    /// Of the best weights on the validation windows.
    var validationAccuracy: Double { scores.validation.accuracy }
    /// Of the best weights on the windows of other volunteers.
    var testAccuracy: Double { scores.test.accuracy }
    /// Whether always answering the class that most test windows are of is as accurate.
    var isGuess: Bool {
        let matrix = scores.test.confusion
        return matrix.correct <= ((0..<matrix.classes).map(matrix.support).max() ?? 0)
    }
    /// Seconds of training until the validation accuracy first reached each of `TrainingProgress.milestones`, nil where it did not.
    var secondsToAccuracy: [Double?] { record.progress.secondsToAccuracy }

    /// Reads the run.json of a run folder, or a run.json.
    /// - Throws: A `ModelFileError` that names the file and the field; also for a run that has no result.
    init(reading place: String) throws(ModelFileError) {
        file = Files.isFolder(place) ? RunFolder(existing: place).record : place
        record = try RunRecord(reading: file)
        guard let scores = record.scores else {
            throw ModelFileError(file: file, reason: "the run has no result yet: resume it, or wait for its end")
        }
        guard let device = record.device, let threads = record.threads, record.progress.trainingSeconds > 0 else {
            throw ModelFileError(
                file: file, reason: "'device', 'threads' and 'training_seconds' above 0 are needed to compare a run")
        }
        self.scores = scores
        self.device = device
        self.threads = threads
    }
}
