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
        let all = event.metadata.map { metadata.isEmpty ? $0 : metadata.merging($0) { $1 } } ?? metadata
        let fields = all.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONLines.json($0.value)) }
        let line = JSONLines.line(
            [
                ("time", .string(UTCTime.now())), ("level", .string(event.level.rawValue)),
                ("message", .string("\(event.message)")),
            ], fields)
        Terminal.write(line, to: .standardError)
    }

    /// A line, written member by member: every request has one, and a tree of JSON takes three times as long.
    /// - Parameters:
    ///   - head: The members that every line has.
    ///   - fields: Those behind them. One with a key of the head gives the head its value.
    static func line(_ head: [(key: String, value: JSON)], _ fields: [(key: String, value: JSON)]) -> String {
        var line = ""
        line.reserveCapacity(512)
        func append(_ key: String, _ value: JSON) {
            line += line.isEmpty ? "{" : ","
            JSON.string(key).serialize(onto: &line)
            line += ":"
            value.serialize(onto: &line)
        }
        for (key, value) in head { append(key, fields.last { $0.key == key }?.value ?? value) }
        for (key, value) in fields where !head.contains(where: { $0.key == key }) { append(key, value) }
        return line + "}\n"
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
