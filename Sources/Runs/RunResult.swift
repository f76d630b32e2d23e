import Models
import Platform
import StrictJSON
import Training

/// What came of a finished run, on which machine: what can be compared between runs. Read from a run.json.
public struct RunResult: Sendable {
    /// The record's path.
    public let file: String
    /// What the run was.
    public let configuration: RunConfiguration
    /// The machine's processor.
    public let cpu: String
    /// "x86_64" or "aarch64".
    public let architecture: String
    /// Whether the processor was emulated: then no time of the run means anything.
    public let isEmulated: Bool
    /// Threads that worked.
    public let threads: Int
    /// Seconds of training, without evaluation and files.
    public let trainingSeconds: Double
    /// Of the best weights on the validation windows.
    public let validationAccuracy: Double
    /// Of the best weights on the windows of other volunteers.
    public let testAccuracy: Double
    /// Seconds of training until the validation accuracy first reached each of `TrainingProgress.milestones`, nil where it did not.
    public let secondsToAccuracy: [Double?]

    /// Reads the run.json of a run folder, or a run.json.
    /// - Throws: A `ModelFileError` that names the file and the field; also for a run that has no result.
    public init(reading place: String) throws(ModelFileError) {
        let path = Files.isFolder(place) ? RunFolder(existing: place).record : place
        file = path
        configuration = try RunConfiguration(reading: path)
        do {
            let json = try JSON.parse(try Files.read(path, limit: ModelFile.largestFile))
            var record = try JSONFields(json, context: "")
            guard json["accuracy"] != nil else {
                throw JSONFieldError(context: "", problem: "the run has no result yet: resume it, or wait for its end")
            }
            var accuracy = try JSONFields(try record.take("accuracy", as: JSON.self), context: "accuracy")
            validationAccuracy = try accuracy.take("validation")
            testAccuracy = try accuracy.take("test")
            trainingSeconds = try record.take("training_seconds")
            threads = try record.take("threads")
            var device = try JSONFields(try record.take("device", as: JSON.self), context: "device")
            cpu = try device.take("cpu")
            architecture = try device.take("architecture")
            // Records from before there was a word for it are of real machines.
            isEmulated = try device.take("emulated", default: false)
            var milestones = try JSONFields(try record.take("seconds_to_accuracy", as: JSON.self), context: "seconds_to_accuracy")
            var seconds: [Double?] = []
            for milestone in TrainingProgress.milestones { seconds.append(try milestones.takeIfPresent(milestone.label)) }
            secondsToAccuracy = seconds
            guard JSON.isVisible(cpu), JSON.isVisible(architecture), trainingSeconds > 0 else {
                throw JSONFieldError(context: "", problem: "'cpu' must be visible text and 'training_seconds' a number above 0")
            }
        } catch {
            throw ModelFileError(file: path, error)
        }
    }
}
