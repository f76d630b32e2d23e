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
        Terminal.write(
            JSONLines.line(
                time: UTCTime.now(), level: event.level.rawValue, message: event.message.description,
                all.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONLines.json($0.value)) }),
            to: .standardError)
    }

    /// A line, written member by member: every request has one, and a tree of JSON takes three times as long.
    /// - Parameter fields: The members behind time, level and message. One with the key of those gives its value to them.
    static func line(time: String, level: String, message: String, _ fields: [(key: String, value: JSON)]) -> [UInt8] {
        let head = [("time", time), ("level", level), ("message", message)]
        var line: [UInt8] = []
        line.reserveCapacity(512)
        func append(_ key: String, _ value: JSON) {
            line.append(UInt8(ascii: line.isEmpty ? "{" : ","))
            JSON.serialize(key, onto: &line)
            line.append(UInt8(ascii: ":"))
            value.serialize(onto: &line)
        }
        for (key, value) in head { append(key, fields.last { $0.key == key }?.value ?? .string(value)) }
        for (key, value) in fields where !head.contains(where: { $0.0 == key }) { append(key, value) }
        line += "}\n".utf8
        return line
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
