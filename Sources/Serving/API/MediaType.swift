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
        self.init(name: MediaType.name(in: field))
    }

    /// The type of a name in any case; nil for one that is not in the list.
    private init?(name: Substring) {
        guard let type = MediaType.allCases.first(where: { name.isSpelled($0.rawValue) }) else { return nil }
        self = type
    }

    /// The name in a field Content-Type: what stands before its parameters.
    private static func name(in field: String) -> Substring {
        Substring(field.utf8.prefix { $0 != UInt8(ascii: ";") }).trimmingBlanks
    }

    /// The type that a body has, by its field or, where the field is missing or says nothing, by its first byte.
    /// - Throws: A `RequestError` with status 415.
    static func of(_ field: String?, body: [UInt8], among types: [MediaType]) throws(RequestError) -> MediaType {
        let first = body.first { !" \t\r\n".utf8.contains($0) }
        let guess: MediaType = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .json : .csv
        guard let field else { return guess }
        let name = name(in: field)
        let type = MediaType(name: name)
        // What curl -d and the watchdogs say where nobody has chosen.
        if type == .text || name.isSpelled("application/x-www-form-urlencoded") { return guess }
        guard let type, types.contains(type) else {
            let types = types.map(\.rawValue).joined(separator: ", ")
            throw RequestError(
                415, "the media type '\(name.lowercased().prefix(80))' is not understood: send \(types)")
        }
        return type
    }

    /// The type of an answer that a field Accept prefers among some, by its q-values; of equal ones the first.
    /// - Throws: A `RequestError` with status 406.
    static func preferred(_ accept: String?, among types: [MediaType]) throws(RequestError) -> MediaType {
        guard let accept, accept != "*/*", !Substring(accept).trimmingBlanks.isEmpty else { return types[0] }
        // What most clients send: one name, as it is written here.
        if let type = types.first(where: { $0.rawValue == accept }) { return type }
        var weights = [Double](repeating: -1, count: types.count)
        var precision = [Int](repeating: -1, count: types.count)
        for range in accept.utf8.split(separator: UInt8(ascii: ",")) {
            let parts = range.split(separator: UInt8(ascii: ";")).map { Substring($0).trimmingBlanks.lowercased() }
            guard let name = parts.first else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            for (index, type) in types.enumerated() {
                let isKind = name.hasSuffix("/*") && type.rawValue.hasPrefix(name.dropLast())
                let rank = name == type.rawValue ? 2 : isKind ? 1 : name == "*/*" ? 0 : -1
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

// By bytes: a request's fields are looked at one by one, and to cut a text into characters takes a hundred times as long.
extension Substring {
    /// The text without blanks at its ends.
    var trimmingBlanks: Substring {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var bytes = utf8.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return Substring(bytes)
    }

    /// Whether the text is a name, in small letters or capitals.
    /// - Parameter name: The name in small letters.
    fileprivate func isSpelled(_ name: String) -> Bool {
        utf8.count == name.utf8.count
            && zip(utf8, name.utf8).allSatisfy { byte, letter in
                byte == letter || (byte | 0x20 == letter && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte))
            }
    }
}
