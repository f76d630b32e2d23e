/// The texts of single elements of S3's flat documents.
///
/// No XML reader: a few texts of an answer that may not even be XML.
enum XMLText {
    /// The text of the first element of a name, its entities resolved; empty where there is none.
    static func element(_ name: String, of document: [UInt8]) -> String {
        guard let tag = document.firstRange(of: Array("<\(name)>".utf8)) else { return "" }
        return resolved(document[tag.upperBound...].prefix { $0 != UInt8(ascii: "<") })
    }

    private static func resolved(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        var rest = bytes
        while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
            text += String(decoding: rest[..<ampersand], as: UTF8.self)
            rest = rest[ampersand...]
            if let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let scalar = scalar(ofEntity: rest[(ampersand + 1)..<end])
            {
                text.unicodeScalars.append(scalar)
                rest = rest[(end + 1)...]
            } else {
                text += "&"
                rest = rest.dropFirst()
            }
        }
        return text + String(decoding: rest, as: UTF8.self)
    }

    /// What an entity stands for, without its "&" and ";": one of the five names of XML, "#39" or "#x27"; nil for any other.
    static func scalar(ofEntity entity: ArraySlice<UInt8>) -> Unicode.Scalar? {
        switch String(decoding: entity, as: UTF8.self) {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case let text:
            guard entity.first == UInt8(ascii: "#") else { return nil }
            let isHexadecimal = entity.dropFirst().first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
            return UInt32(text.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
        }
    }
}
