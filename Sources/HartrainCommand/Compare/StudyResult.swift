import HAR
import Platform
import StrictJSON
import TimeSeries
import Training

/// What the study reports of a model: Trieu, Javadi, Basilakis, Toosi, its table of training times and accuracies.
struct StudyResult {
    /// The model's name here.
    let model: String
    /// Seconds of training on an x86 laptop.
    let x86Seconds: Double
    /// Seconds of training on a Raspberry Pi 4.
    let armSeconds: Double
    /// The ratio of the two, as the study rounds it.
    let ratio: Double
    /// The accuracy, of a validation split.
    let accuracy: Double
    /// The epochs that it trained, and the windows of a step.
    let epochs: Int
    let batch: Int

    /// The machines' names in tables.
    static let x86Name = "study: laptop (x86)"
    static let armName = "study: Raspberry Pi 4"

    static let all = [
        StudyResult(model: "cnn", x86Seconds: 435, armSeconds: 6780, ratio: 15.58, accuracy: 0.99, epochs: 1000, batch: 600),
        StudyResult(model: "lstm", x86Seconds: 163, armSeconds: 1203, ratio: 7.38, accuracy: 0.90, epochs: 15, batch: 1),
    ]

    /// In what a run differs from the study's training, so that their times and accuracies say nothing of each other; empty where they do.
    func differences(from run: RunResult) -> [String] {
        let record = run.record
        var texts: [String] = []
        if record.data.source != "UCI HAR" {
            texts.append("its data is '\(JSON.excerpt(of: record.data.source))', not UCI HAR")
        } else if record.data.hash != UCIHAR.hash {
            texts.append("its data is not all of UCI HAR as it was published")
        }
        if record.progress.epochs < record.recipe.epochs {
            texts.append("stopped after \(NumberText.count(record.progress.epochs, "epoch"))")
        }
        if let layers = StudyModel(rawValue: model)?.description(classes: UCIHAR.activities.count).json,
            record.description.json != layers
        {
            texts.append("other layers")
        }
        // The study's division is what a run has by default.
        let (division, study) = (record.data.division.json, Division().json)
        for key in study.keys where division[key] != study[key] {
            texts.append("\(key) \(StudyResult.words(division[key])), not \(StudyResult.words(study[key]))")
        }
        if record.recipe.epochs != epochs {
            texts.append("\(NumberText.count(record.recipe.epochs, "epoch")), not \(epochs)")
        }
        if record.recipe.batch != batch { texts.append("batches of \(record.recipe.batch), not \(batch)") }
        guard let own = StudyModel(rawValue: model)?.recipe(batch: batch).json else { return texts }
        // The study leaves out the batch that is not full; whether a run does changes little, as seed and lanes do.
        let others = ["epochs", "batch", "seed", "drop_last", "maximum_lanes"]
        let recipe = record.recipe.json
        let changed = Set(own.keys + recipe.keys).subtracting(others).filter { own[$0] != recipe[$0] }
        // The recipe of a batch of one window has settings of its own: they count where the batch is the study's.
        if !changed.isEmpty, record.recipe.batch == batch { texts.append("another \(changed.sorted().joined(separator: ", "))") }
        return texts
    }

    private static func words(_ value: JSON?) -> String { value?.asString ?? value?.serialized() ?? "none" }
}
