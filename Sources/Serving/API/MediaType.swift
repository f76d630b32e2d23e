/// What a body is.
enum MediaType: String, CaseIterable {
    case json = "application/json"
    case csv = "text/csv"
    /// Little-endian 32-bit floats.
    case floats = "application/octet-stream"
    case text = "text/plain"
    /// The text format of Prometheus.
    case metrics = "text/plain; version=0.0.4"
    case html = "text/html"
    /// One JSON value a line.
    case lines = "application/x-ndjson"
    /// What a form with a file sends.
    case form = "multipart/form-data"

    /// The header field of an answer.
    var field: String {
        switch self {
        case .text, .metrics, .html, .csv: rawValue + "; charset=utf-8"
        case .json, .floats, .lines, .form: rawValue
        }
    }

    /// The type that a field Content-Type names, parameters left aside; nil for one that is not in the list.
    init?(field: String) {
        self.init(rawValue: field.prefix { $0 != ";" }.trimmingBlanks.lowercased())
    }

    /// The type that a body has, by its field or, where the field is missing or says nothing, by its first byte.
    /// - Throws: A `RequestError` with status 415.
    static func of(_ field: String?, body: [UInt8], among types: [MediaType]) throws(RequestError) -> MediaType {
        let first = body.first { !" \t\r\n".utf8.contains($0) }
        let guess: MediaType = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .json : .csv
        guard let field else { return guess }
        let name = field.prefix { $0 != ";" }.trimmingBlanks.lowercased()
        // What curl -d and the watchdogs say where nobody has chosen.
        if name == "application/x-www-form-urlencoded" || name == "text/plain" { return guess }
        guard let type = MediaType(field: field), types.contains(type) else {
            throw RequestError(
                415,
                "the media type '\(name.prefix(80))' is not understood: send \(types.map(\.rawValue).joined(separator: ", "))")
        }
        return type
    }

    /// The type of an answer that a field Accept prefers among some, by its q-values; of equal ones the first.
    /// - Throws: A `RequestError` with status 406.
    static func preferred(_ accept: String?, among types: [MediaType]) throws(RequestError) -> MediaType {
        guard let accept, !accept.trimmingBlanks.isEmpty, accept != "*/*" else { return types[0] }
        var weights = [Double](repeating: -1, count: types.count)
        var precision = [Int](repeating: -1, count: types.count)
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmingBlanks.lowercased() }
            guard let name = parts.first else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            for (index, type) in types.enumerated() {
                let kind = type.rawValue.prefix { $0 != "/" } + "/*"
                let rank = name == type.rawValue ? 2 : name == kind ? 1 : name == "*/*" ? 0 : -1
                if rank > precision[index] { (precision[index], weights[index]) = (rank, quality) }
            }
        }
        guard let best = types.indices.max(by: { weights[$0] < weights[$1] }), weights[best] > 0 else {
            throw RequestError(
                406, "no answer has the type '\(accept.prefix(80))': accept \(types.map(\.rawValue).joined(separator: ", "))")
        }
        // `max` gives the last of equal ones.
        return types[weights.firstIndex(of: weights[best]) ?? best]
    }
}

extension StringProtocol {
    /// The text without blanks at its ends.
    var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
