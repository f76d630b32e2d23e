import Models
import Runs
import TimeSeries
import Training

/// Windows divided, ready to train on.
struct TrainingData {
    let training: WindowSet
    let validation: WindowSet
    let test: WindowSet
    let standardization: Standardization
    let source: Dataset.Source
    let record: RunRecord.Data
    /// What the cache did, for the header.
    let note: String

    /// - Parameter isTrial: Whether two batches are enough.
    init(_ data: Dataset, division: Division, recipe: Recipe, note: String, isTrial: Bool) throws {
        let parts: (training: WindowSet, validation: WindowSet)
        do {
            parts = try data.train.split(division.split, fraction: division.validationFraction, seed: recipe.seed)
        } catch .nothingHeldOut(let windows, let fraction) {
            throw CommandError(
                "--validation-fraction \(fraction) of \(windows) training windows holds out none: use a larger share")
        }
        let most = isTrial ? 2 * min(recipe.batch, data.train.count) : Int.max
        training = isTrial ? parts.training.prefix(most) : parts.training
        validation = isTrial ? parts.validation.prefix(most) : parts.validation
        test = isTrial ? data.test.prefix(most) : data.test
        standardization = try Standardization(of: training, kind: division.standardization)
        source = data.source
        self.note = note
        record = RunRecord.Data(
            source: data.source.name, hash: data.hash, division: division,
            trainingWindows: training.count, validationWindows: validation.count, testWindows: test.count)
    }
}
