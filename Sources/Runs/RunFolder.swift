import Models
import Platform
import StrictJSON
import Training

/// The folder of a run: run.json, metrics, weights, and the file it is resumed from. Never overwritten by another run.
public struct RunFolder: Sendable {
    /// The folder's path.
    public let path: String

    /// What the run was and what came of it.
    public var record: String { path + "/run.json" }
    /// The weights of the best evaluation.
    public var best: String { "\(path)/\(Checkpoint.bestFileName)" }
    /// The weights of the last checkpoint.
    public var last: String { path + "/last.safetensors" }
    /// What the run is resumed from.
    public var resume: String { path + "/" + ResumeFile.name }
    /// The confusion matrix of the test windows.
    public var confusion: String { path + "/confusion.csv" }
    /// The names of a run's files that are there, the most useful first.
    public var fileNames: [String] {
        [
            Checkpoint.bestFileName, "last.safetensors", ResumeFile.name, "run.json", "metrics.csv", "metrics.jsonl",
            "confusion.csv", EventFile.name, "report.md", "report.html",
        ].filter { Files.exists(path + "/" + $0) }
    }
    /// The result as people read it, in markdown.
    public var report: String { path + "/report.md" }
    /// The result as pictures, in HTML.
    public var page: String { path + "/report.html" }
    private var csv: String { path + "/metrics.csv" }
    private var jsonLines: String { path + "/metrics.jsonl" }
    /// What TensorBoard reads, where that is wanted.
    private var events: EventFile { EventFile(folder: path) }
    /// Whether the folder has a file for TensorBoard.
    private var hasEvents: Bool { Files.exists(events.path) }

    /// A folder that exists.
    public init(existing path: String) {
        self.path = path
    }

    /// Makes a folder that must not exist.
    /// - Throws: A `FileError`, also where the folder exists.
    public init(creating path: String) throws(FileError) {
        try Files.createNewFolder(path)
        self.path = path
    }

    /// Makes the first folder `parent`/`name`-1, -2 ... that does not exist.
    /// - Throws: A `FileError`.
    public init(numbered name: String, in parent: String) throws(FileError) {
        path = try Files.createNumberedFolder("\(parent)/\(name)")
    }

    /// Takes an existing folder for the run that is to write to it, and clears it of what a killed one has half written.
    /// - Returns: The lock to hold as long as the run goes on.
    /// - Throws: A `ModelFileError` where a run is under way in the folder, a `FileError`.
    public func take() throws -> FolderLock {
        guard let lock = try FolderLock(path) else {
            throw ModelFileError(
                file: path, reason: "a run is under way in this folder: wait for its end, or stop it, before it is resumed")
        }
        try Files.removeTemporaryFiles(in: path)
        return lock
    }

    static let columns = [
        "epoch", "learning_rate", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy",
        "validation_macro_f1", "best", "train_seconds", "evaluation_seconds", "windows_per_second",
    ]

    /// Begins the metrics files, or cuts those of a resumed run to the epochs that it has done.
    /// - Parameter events: Whether TensorBoard's file is wanted; one that is there goes on in any case.
    /// - Throws: A `FileError`.
    public func beginMetrics(epochsDone: Int, events: Bool = false) throws(FileError) {
        let header = RunFolder.columns.joined(separator: ",")
        func kept(_ path: String, skip: Int) throws(FileError) -> [String] {
            guard epochsDone > 0, Files.exists(path) else { return [] }
            let lines = try Files.read(path).split(separator: UInt8(ascii: "\n"))
            return lines.dropFirst(skip).prefix(epochsDone).map { String(decoding: $0, as: UTF8.self) }
        }
        let rows = try kept(csv, skip: 1)
        let objects = try kept(jsonLines, skip: 0)
        try Files.writeAtomically(Array(([header] + rows).map { $0 + "\n" }.joined().utf8), to: csv)
        try Files.writeAtomically(Array(objects.map { $0 + "\n" }.joined().utf8), to: jsonLines)
        if events || hasEvents { try self.events.begin(epochsDone: epochsDone) }
    }

    /// Adds an epoch to the metrics files.
    /// - Throws: A `FileError`.
    public func append(_ metrics: EpochMetrics) throws(FileError) {
        let values: [JSON] = [
            .integer(metrics.epoch), .number(metrics.learningRate), .number(metrics.trainingLoss),
            .number(metrics.trainingAccuracy), metrics.validation.map { .number($0.loss) } ?? .null,
            metrics.validation.map { .number($0.accuracy) } ?? .null, metrics.validation.map { .number($0.macroF1) } ?? .null,
            .bool(metrics.isBest), .number(metrics.trainingSeconds), .number(metrics.evaluationSeconds),
            .number(metrics.rowsPerSecond),
        ]
        var object = JSONObject()
        for (column, value) in zip(RunFolder.columns, values) { object.set(column, value) }
        let cells = values.map { $0 == .null ? "" : $0.serialized() }
        try Files.append(Array((cells.joined(separator: ",") + "\n").utf8), to: csv)
        try Files.append(Array((JSON.object(object).serialized() + "\n").utf8), to: jsonLines)
        if hasEvents { try events.append(metrics) }
    }

    /// Waits until the metrics files are on the disk, so that no saved run knows of epochs that they lack.
    /// - Throws: A `FileError`.
    public func synchronizeMetrics() throws(FileError) {
        try Files.synchronize(csv)
        try Files.synchronize(jsonLines)
        if hasEvents { try events.synchronize() }
    }

    /// Writes the confusion matrix of the test windows: a row for each true class, a column for each prediction.
    /// - Throws: A `FileError`.
    public func writeConfusion(_ matrix: ConfusionMatrix, classNames: [String]) throws(FileError) {
        let names = classNames.map(CSVText.cell)
        var lines = ["true\\predicted," + names.joined(separator: ",")]
        for (name, counts) in zip(names, matrix.rows) {
            lines.append(name + "," + counts.map(String.init).joined(separator: ","))
        }
        try Files.writeAtomically(Array(lines.map { $0 + "\n" }.joined().utf8), to: confusion)
    }

    /// Writes report.md.
    /// - Throws: A `FileError`.
    public func write(report text: String) throws(FileError) {
        try Files.writeAtomically(Array(text.utf8), to: report)
    }

    /// Writes report.html.
    /// - Throws: A `FileError`.
    public func write(page html: String) throws(FileError) {
        try Files.writeAtomically(Array(html.utf8), to: page)
    }

    /// Writes run.json.
    /// - Throws: A `FileError`.
    public func write(_ record: RunRecord) throws(FileError) {
        try Files.writeAtomically(Array((record.json.serialized(pretty: true) + "\n").utf8), to: self.record)
    }
}
