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
        let record = Files.isFolder(place) ? RunFolder(existing: place).record : place
        self.record = try RunRecord(reading: record)
        let metrics = record.hasSuffix("run.json") ? record.dropLast("run.json".count) + "metrics.jsonl" : ""
        epochs = !metrics.isEmpty && Files.exists(metrics) ? try RunInput.epochs(metrics) : []
    }

    private static func epochs(_ path: String) throws -> [Epoch] {
        var epochs: [Epoch] = []
        for (index, line) in try Files.read(path, limit: ModelFile.largestFile).split(separator: UInt8(ascii: "\n")).enumerated()
        {
            do {
                var fields = try JSONFields(try JSON.parse(Array(line)), context: "")
                epochs.append(
                    Epoch(
                        number: try fields.take("epoch"), trainingLoss: try fields.takeIfPresent("train_loss"),
                        trainingAccuracy: try fields.take("train_accuracy"),
                        validationLoss: try fields.takeIfPresent("validation_loss"),
                        validationAccuracy: try fields.takeIfPresent("validation_accuracy"),
                        seconds: try fields.take("train_seconds")))
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
