import Models
import Platform
import StrictJSON
import TimeSeries

/// A model that answers requests: one version of it, ready.
final class ServedModel: Sendable {
    /// What requests call the model.
    let name: String
    /// Where its weights came from.
    let source: String
    /// The SHA-256 of its weights.
    let sha256: String
    /// The version that answers name: enough of the SHA-256 to tell versions apart.
    let version: String
    /// What its windows hold, which ranges they had in training.
    let details: Checkpoint.Details
    /// What computes.
    let session: InferenceSession
    /// The beginning of every answer: `{"model":"har","version":"c21cdb008082cbec","sha256":"...","data":"UCI HAR","predictions":[`.
    let answerHead: [UInt8]
    /// The beginning of the answer to a window of each class: `{"class":5,"name":"SITTING","probabilities":[`.
    let answerBeginnings: [[UInt8]]
    /// Decoders that have read nothing yet, to be copied: making one looks at every character of the format's names.
    private let (floatsDecoder, csvDecoder): (WindowDecoder, WindowDecoder)

    /// What a window holds.
    var format: WindowFormat { session.format }

    /// A decoder of a body's windows, which follow one another.
    func decoder(_ encoding: WindowDecoder.Encoding) -> WindowDecoder {
        switch encoding {
        case .floats: floatsDecoder
        case .csv: csvDecoder
        }
    }

    /// Makes weights ready, and has them answer a first window.
    /// - Parameter lanes: The windows that are computed at the same time.
    /// - Throws: An error that names the file or object, where it is no checkpoint or gives no finite numbers.
    init(name: String, _ weights: Weights, lanes: Int) throws {
        let checkpoint = try weights.checkpoint(maximumRows: 1)
        self.name = name
        source = weights.source
        sha256 = weights.download?.object.sha256 ?? SHA256.hex(of: weights.bytes)
        version = String(sha256.prefix(16))
        let head: JSON = [
            "model": .string(name), "version": .string(version), "sha256": .string(sha256),
            "data": .string(checkpoint.details.dataSource), "predictions": [],
        ]
        answerHead = Array(head.serialized().utf8.dropLast("]}".utf8.count))
        details = checkpoint.details
        session = try InferenceSession(checkpoint, lanes: lanes)
        answerBeginnings = session.format.classes.enumerated().map { index, name in
            Array("{\"class\":\(index + 1),\"name\":\(JSON.string(name).serialized()),\"probabilities\":[".utf8)
        }
        floatsDecoder = try WindowDecoder("", encoding: .floats, format: session.format)
        csvDecoder = try WindowDecoder("", encoding: .csv, format: session.format)
        do throws(WindowError) {
            _ = try session.predict([Float](repeating: 0, count: session.format.shape.count))
        } catch {
            throw ModelFileError(file: source, reason: "a window of zeros gives no probabilities: \(error)")
        }
    }
}
