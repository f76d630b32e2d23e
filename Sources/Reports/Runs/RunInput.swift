import Models
import Platform
import Runs
import StrictJSON

/// A run as its folder tells of it: what it was, what came of it, and its curves.
public struct RunInput {
    /// One line of metrics.jsonl.
    struct Epoch {
        let number: Int
        let trainingLoss: Double?
        let trainingAccuracy: Double
        /// Nil in an epoch after which nothing was evaluated.
        let validationLoss: Double?
        let validationAccuracy: Double?
        /// Training time since the run began, in seconds.
        let seconds: Double
    }

    /// What the user named.
    let place: String
    /// What the run was.
    let record: RunRecord
    /// In their order; empty where there is a record alone.
    let epochs: [Epoch]
    /// The files that were read.
    let files: [String]

    /// Whether a place is a run: a folder with a run.json, or a record of its own.
    static func isRun(_ place: String) -> Bool {
        Files.isFolder(place) ? Files.exists(RunFolder(existing: place).record) : place.hasSuffix(".json") && isRecord(place)
    }

    private static func isRecord(_ path: String) -> Bool {
        guard let bytes = try? Files.read(path, limit: ModelFile.largestFile), let json = try? JSON.parse(bytes) else {
            return false
        }
        return json["model_description"] != nil && json["recipe"] != nil
    }

    /// Reads a run folder, or a run.json.
    /// - Throws: A `ModelFileError` or a `ReportError` that names the file and the place in it.
    init(reading place: String) throws {
        self.place = place
        let path = Files.isFolder(place) ? RunFolder(existing: place).record : place
        record = try RunRecord(reading: path)
        let metrics = path.hasSuffix("run.json") ? path.dropLast("run.json".count) + "metrics.jsonl" : ""
        guard !metrics.isEmpty, Files.exists(metrics) else {
            (epochs, files) = ([], [path])
            return
        }
        epochs = try RunInput.epochs(metrics)
        files = [path, metrics]
        guard epochs.count >= record.progress.epochs else {
            throw ReportError(
                metrics, "it ends after \(epochs.count) of the \(record.progress.epochs) epochs that \(path) tells of")
        }
    }

    private static func epochs(_ path: String) throws -> [Epoch] {
        var epochs: [Epoch] = []
        let lines = try Files.read(path, limit: ModelFile.largestFile)
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            do {
                var fields = try JSONFields(try JSON.parse(Array(line)), context: "")
                epochs.append(
                    Epoch(
                        number: try fields.take("epoch"), trainingLoss: try fields.takeIfPresent("train_loss"),
                        trainingAccuracy: try fields.take("train_accuracy"),
                        validationLoss: try fields.takeIfPresent("validation_loss"),
                        validationAccuracy: try fields.takeIfPresent("validation_accuracy"),
                        seconds: try fields.take("train_seconds")))
                guard epochs[epochs.count - 1].number == epochs.count else {
                    throw fields.failure("epoch", mustBe: "\(epochs.count), the one behind that of the line before")
                }
            } catch let error as JSONError {
                throw ReportError(path, line: index + 1, "\(error)")
            } catch let error as JSONFieldError {
                throw ReportError(path, line: index + 1, "\(error)")
            }
        }
        return epochs
    }

    /// The run's folder as people name it.
    var name: String {
        let parts = place.split(separator: "/")
        let last = parts.last == "run.json" ? parts.dropLast().last : parts.last
        return String(last ?? Substring(place))
    }
}
