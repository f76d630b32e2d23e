import Layers
import StrictJSON
import TensorFiles
import TimeSeries

/// Reads the metadata of a checkpoint strictly.
struct CheckpointMetadata {
    private let metadata: OrderedMap<String>

    init(_ metadata: OrderedMap<String>) {
        self.metadata = metadata
    }

    mutating func modelDescription(_ kinds: LayerKinds) throws -> ModelDescription {
        var fields = try JSONFields(try json("model"), context: "hartrain.model")
        let description = try ModelDescription(fields: &fields, kinds: kinds)
        try fields.finish()
        return description
    }

    mutating func details(steps: Int) throws -> Checkpoint.Details {
        var fields = JSONObject()
        for key in ["classes", "channels", "sample_rate", "epoch", "accuracy", "seed"] { fields.set(key, try json(key)) }
        // Version 0.1 wrote no units.
        if metadata["hartrain.units"] != nil { fields.set("units", try json("units")) }
        var reader = try JSONFields(.object(fields), context: "metadata hartrain")
        let seed = try reader.take("seed", as: Int.self)
        guard seed >= 0 else { throw reader.failure("seed", mustBe: "a whole number of 0 or more") }
        func names(_ key: String, default fallback: [String]? = nil) throws -> [String] {
            let names =
                if let fallback { try reader.take(key, default: fallback) } else { try reader.take(key, as: [String].self) }
            guard names.allSatisfy({ !$0.isEmpty && JSON.isVisible($0) }) else {
                throw reader.failure(key, mustBe: "names without control characters")
            }
            return names
        }
        let epoch = try reader.take("epoch", as: Int.self)
        guard epoch >= 0 else { throw reader.failure("epoch", mustBe: "a whole number of 0 or more") }
        let rate = try reader.takeIfPresent("sample_rate", as: Double.self)
        guard rate.map({ $0 > 0 }) ?? true else { throw reader.failure("sample_rate", mustBe: "a number above 0") }
        let accuracy = try reader.takeIfPresent("accuracy", as: Double.self)
        guard accuracy.map({ (0...1).contains($0) }) ?? true else {
            throw reader.failure("accuracy", mustBe: "a number of 0 to 1, or null")
        }
        let format = WindowFormat(
            steps: steps, channels: try names("channels"), classes: try names("classes"), units: try names("units", default: []),
            rate: rate)
        var details = Checkpoint.Details(
            format: format, epoch: epoch, accuracy: accuracy, seed: UInt64(seed), dataSource: try visibleText("data_source"),
            dataHash: try visibleText("data_hash"))
        details.version = try visibleText("version")
        if metadata[Checkpoint.rangesKey] != nil {
            details.ranges = try WindowRanges(
                try json("ranges"), channels: format.channels.count, context: "metadata \(Checkpoint.rangesKey)")
        }
        return details
    }

    /// Checks that the window that the metadata name is the model's.
    func check(window steps: Int) throws {
        guard try json("window") == .integer(steps) else {
            throw JSONFieldError(
                context: "metadata hartrain.window",
                problem: "must be the \(steps) steps of the model's input, found \(JSON.excerpt(of: try text("window")))")
        }
    }

    /// Checks that the standardisation that the metadata name is that of the tensors.
    func check(_ standardization: Standardization) throws {
        let kind = standardization.kind.rawValue
        guard try text("standardize") == kind else {
            throw JSONFieldError(
                context: "metadata hartrain.standardize",
                problem: "must be '\(kind)', as the tensors are, found '\(JSON.excerpt(of: try text("standardize")))'")
        }
    }

    /// A text that can be printed as it is.
    private func visibleText(_ key: String) throws -> String {
        let text = try text(key)
        guard JSON.isVisible(text) else {
            throw JSONFieldError(
                context: "metadata hartrain.\(key)",
                problem: "must be a text without control characters, found '\(JSON.excerpt(of: text))'")
        }
        return text
    }

    private func text(_ key: String) throws(JSONFieldError) -> String {
        guard let text = metadata["hartrain.\(key)"] else {
            throw JSONFieldError(
                context: "", problem: "the metadata has no \"hartrain.\(key)\": this is not a hartrain checkpoint")
        }
        return text
    }

    private func json(_ key: String) throws -> JSON {
        let text = try text(key)
        do {
            return try JSON.parse(text)
        } catch {
            throw JSONFieldError(context: "metadata hartrain.\(key)", problem: "\(error)")
        }
    }
}
