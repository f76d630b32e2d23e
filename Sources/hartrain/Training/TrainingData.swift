import HAR
import Layers
import Runs
import Training

/// Windows divided and standardised, ready to train on.
struct TrainingData {
    let training: Dataset
    let validation: Dataset
    let test: Dataset
    let standardization: Standardization
    let record: RunRecord.Data
    let isSynthetic: Bool
    /// Where the windows came from and what the cache did, for the header.
    let note: String

    /// - Parameter isTrial: Whether two batches are enough.
    init(_ data: HARData, options: DataOptions, recipe: Recipe, note: String, isTrial: Bool) throws {
        let split =
            switch options.split {
            case .stratified:
                try Split.stratified(labels: data.train.labels, fraction: options.validationFraction, seed: recipe.seed)
            case .volunteers:
                try Split.volunteers(subjects: data.train.subjects, fraction: options.validationFraction, seed: recipe.seed)
            }
        guard !split.validation.isEmpty else {
            throw CommandError(
                "--validation-fraction \(options.validationFraction) of \(data.train.count) training windows holds out none: "
                    + "use a larger share")
        }
        let trial = 2 * min(recipe.batch, data.train.count)
        let trainingRows = isTrial ? Array(split.training.prefix(trial)) : split.training
        let validationRows = isTrial ? Array(split.validation.prefix(trial)) : split.validation
        let testRows = Array(0..<(isTrial ? min(trial, data.test.count) : data.test.count))
        let standardization = try Standardization(
            of: data.train.windows, window: UCIHAR.window, indices: trainingRows, kind: options.standardization)
        training = TrainingData.dataset(data.train, rows: trainingRows, standardization)
        validation = TrainingData.dataset(data.train, rows: validationRows, standardization)
        test = TrainingData.dataset(data.test, rows: testRows, standardization)
        self.standardization = standardization
        isSynthetic = data.isSynthetic
        self.note = "\(data.source), \(note)"
        record = RunRecord.Data(
            source: DataSource.name(data), hash: data.hash, options: options,
            trainingWindows: training.count, validationWindows: validation.count, testWindows: test.count)
    }

    /// The chosen windows, standardised.
    static func dataset(_ recordings: Recordings, rows: [Int], _ standardization: Standardization) -> Dataset {
        let size = UCIHAR.window.count
        var values = [Float](repeating: 0, count: rows.count * size)
        var target = values.mutableSpan
        let source = recordings.windows.span
        for (position, row) in rows.enumerated() {
            for i in 0..<size { target[position * size + i] = source[row * size + i] }
        }
        standardization.apply(to: &target)
        return Dataset(values: values, shape: UCIHAR.window, labels: rows.map { recordings.labels[$0] })
    }
}
