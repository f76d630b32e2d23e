/// The parts of a form with files (RFC 7578).
enum MultipartForm {
    /// A field of a form.
    struct Part: Equatable {
        let name: String
        /// What the file is called, nil for a field that is no file.
        let fileName: String?
        let body: [UInt8]
    }

    /// A form has a file and a text; more parts are a mistake or an attack.
    private static let mostParts = 16

    /// The parts of a body.
    /// - Throws: A `RequestError` for what is no form.
    static func parts(_ body: [UInt8], contentType: String) throws(RequestError) -> [Part] {
        guard let boundary = parameter("boundary", of: contentType), (1...70).contains(boundary.utf8.count) else {
            throw .bad("the form names no boundary")
        }
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [Part] = []
        guard var place = find(delimiter, in: body[...]) else { throw .bad("the form has no part") }
        while true {
            var rest = body[(place + delimiter.count)...]
            if rest.starts(with: "--".utf8) { return parts }
            guard let line = find(Array("\r\n".utf8), in: rest), let head = find(Array("\r\n\r\n".utf8), in: rest) else {
                throw .bad("a part of the form has no header")
            }
            let header = String(decoding: rest[line..<head], as: UTF8.self)
            rest = rest[(head + 4)...]
            guard let end = find(Array("\r\n".utf8) + delimiter, in: rest) else { throw .bad("the form has no end") }
            let field =
                header.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }.map(String.init) ?? ""
            if let name = parameter("name", of: field) {
                parts.append(Part(name: name, fileName: parameter("filename", of: field), body: Array(rest[..<end])))
            }
            guard parts.count <= mostParts else { throw .bad("the form has more than \(mostParts) parts") }
            place = end + 2
        }
    }

    /// A parameter of a header field: `name="recording"`.
    private static func parameter(_ name: String, of field: String) -> String? {
        for part in field.split(separator: ";").dropFirst() {
            let text = part.trimmingBlanks
            guard text.lowercased().hasPrefix("\(name)=") else { continue }
            let value = text.dropFirst(name.count + 1)
            return value.hasPrefix("\"") && value.hasSuffix("\"") && value.count >= 2
                ? String(value.dropFirst().dropLast()) : String(value)
        }
        return nil
    }

    /// Where some bytes stand for the first time.
    private static func find(_ bytes: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return nil }
        var rest = text
        while let place = rest.firstIndex(of: first) {
            rest = rest[place...]
            if rest.starts(with: bytes) { return place }
            rest = rest.dropFirst()
        }
        return nil
    }
}
