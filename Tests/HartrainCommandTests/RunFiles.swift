import Glibc
import Platform
import StrictJSON
import Testing

/// The files that a run leaves in its folder.
struct RunFiles {
    static let names = [
        "best.safetensors", "confusion.csv", "last.safetensors", "metrics.csv", "metrics.jsonl", "report.md",
        "resume.safetensors", "run.json",
    ]

    private let files: [String: [UInt8]]

    init(in folder: String) throws {
        var files: [String: [UInt8]] = [:]
        for name in try Files.list(folder) { files[name] = try Files.read("\(folder)/\(name)") }
        self.files = files
    }

    var names: [String] { files.keys.sorted() }

    func bytes(_ name: String) throws -> [UInt8] { try #require(files[name], "\(name) is missing") }

    var record: JSON { get throws { try JSON.parse(try bytes("run.json")) } }

    /// The weights, which the same recipe, data and seed give to the byte.
    var weights: [[UInt8]] { get throws { [try bytes("best.safetensors"), try bytes("last.safetensors")] } }

    /// The lines of metrics.csv, each as its cells, the header first.
    var metrics: [[Substring]] {
        get throws {
            String(decoding: try bytes("metrics.csv"), as: UTF8.self).split(separator: "\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
        }
    }

    /// The lines of metrics.jsonl.
    var metricObjects: [JSON] {
        get throws {
            try String(decoding: try bytes("metrics.jsonl"), as: UTF8.self).split(separator: "\n").map {
                try JSON.parse(String($0))
            }
        }
    }

    /// How many epochs the metrics of a run under way hold.
    static func epochs(in folder: String) -> Int {
        max(0, ((try? Files.read(folder + "/metrics.csv")) ?? []).count { $0 == UInt8(ascii: "\n") } - 1)
    }
}

/// A model that trains in a moment, with every kind of state: weights, batch statistics, dropout, a recurrent layer.
enum TinyModel {
    static let layers = """
        {"layer": "Conv1D", "filters": 6, "kernel": 8, "stride": 8}, {"layer": "BatchNorm1D"}, {"layer": "ReLU"},
        {"layer": "Dropout", "rate": 0.2}, {"layer": "LSTM", "units": 6}, {"layer": "Dense", "units": 6}
        """

    /// Its file; the training makes epochs of many batches, so that a run can be stopped within one.
    static func text(epochs: Int = 10, layers: String = layers) -> String {
        """
        {"name": "tiny", "input": {"steps": 128, "channels": 9}, "layers": [\(layers)],
         "training": {"epochs": \(epochs), "batch": 4, "learning_rate": 0.003, "schedule": {"name": "cosine"}}}
        """
    }

    /// Writes the model file.
    /// - Returns: The arguments that train it.
    static func write(to folder: String, _ text: String = text()) throws -> [String] {
        try Files.writeAtomically(Array(text.utf8), to: folder + "/tiny.json")
        return ["--model", "tiny.json", "--data", "synthetic", "--quiet"]
    }
}
