import Logging
import Platform
import StrictJSON

/// Writes the log as JSON, one object a line, to standard error: what Kubernetes and Lambda collect.
struct JSONLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var object: JSONObject = [:]
        object.set("time", .string(UTCTime.now()))
        object.set("level", .string(event.level.rawValue))
        object.set("message", .string("\(event.message)"))
        let all = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            object.set(key, JSONLines.json(value))
        }
        Terminal.write(JSON.object(object).serialized() + "\n", to: .standardError)
    }

    private static func json(_ value: Logger.MetadataValue) -> JSON {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(json))
        case .dictionary(let members):
            .object(members.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.set($1.key, json($1.value)) })
        }
    }
}
