import ObjectStore

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
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very beginning.
        let text = Array("\r\n".utf8) + body
        var parts: [Part] = []
        guard var place = end(delimiter, in: text, from: 0) else { throw .bad("the form has no part") }
        while true {
            let start = place + delimiter.count
            if text[start...].starts(with: "--".utf8) { return parts }
            guard let head = find(Array("\r\n\r\n".utf8), in: text, from: start),
                let end = end(delimiter, in: text, from: head + 2)
            else { throw .bad("the form has no end, or a part without a header") }
            let header = String(decoding: text[start..<head], as: UTF8.self)
            let field =
                header.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }.map(String.init) ?? ""
            if let name = parameter("name", of: field) {
                let content = text[min(head + 4, end)..<end]
                parts.append(Part(name: name, fileName: parameter("filename", of: field), body: Array(content)))
            }
            guard parts.count <= mostParts else { throw .bad("the form has more than \(mostParts) parts") }
            place = end
        }
    }

    /// Where a part ends from a place on: at a delimiter that is a line of its own, or the last.
    private static func end(_ delimiter: [UInt8], in text: [UInt8], from place: Int) -> Int? {
        var place = place
        while let found = find(delimiter, in: text, from: place) {
            let rest = text[(found + delimiter.count)...]
            if rest.starts(with: "\r\n".utf8) || rest.starts(with: "--".utf8) { return found }
            place = found + 1
        }
        return nil
    }

    /// A parameter of a header field: `name="recording"`, in whose quotation marks a semicolon may stand.
    private static func parameter(_ name: String, of field: String) -> String? {
        var isQuoted = false
        let parts = field.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
        for part in parts.dropFirst() {
            let text = part.trimmingBlanks
            guard text.lowercased().hasPrefix("\(name)=") else { continue }
            let value = text.dropFirst(name.count + 1)
            guard value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 else { return String(value) }
            // What browsers cannot write there they write encoded (HTML, "multipart form data").
            return PercentEncoding.decoded(String(value.dropFirst().dropLast()))
        }
        return nil
    }

    /// Where some bytes stand for the first time from a place on.
    ///
    /// They begin with a carriage return, which a boundary does not have: however nearly other bytes match, each is looked at twice at
    /// most.
    private static func find(_ bytes: [UInt8], in text: [UInt8], from place: Int) -> Int? {
        var place = place
        while place + bytes.count <= text.count {
            var length = 0
            while length < bytes.count, text[place + length] == bytes[length] { length += 1 }
            if length == bytes.count { return place }
            place += 1
        }
        return nil
    }
}
