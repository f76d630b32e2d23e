/// The records of a CSV file (RFC 4180), one after the other, without copying the file: fields between commas, quoted where they hold
/// commas, quotes or line breaks.
struct CSVRecords {
    private let bytes: [UInt8]
    private var position = 0
    /// The line that the next record begins in, from 1.
    private(set) var line = 1
    /// The fields of the last record: where each stands, without its quotes.
    private(set) var fields: [Range<Int>] = []
    /// Whether the last record had the end of its quotes and of its line: a file that was cut off ends without.
    private(set) var isWhole = true

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Steps to the next record that is no empty line.
    /// - Returns: False at the end.
    mutating func next() -> Bool {
        while position < bytes.count, bytes[position] == newline || bytes[position] == carriageReturn {
            line += bytes[position] == newline ? 1 : 0
            position += 1
        }
        guard position < bytes.count else { return false }
        fields.removeAll(keepingCapacity: true)
        isWhole = false
        while true {
            takeField()
            guard position < bytes.count else { return true }
            let end = bytes[position]
            position += 1
            guard end == comma else { break }
        }
        isWhole = true
        line += 1
        return true
    }

    /// Takes a field and stands at the comma or line feed behind it.
    private mutating func takeField() {
        if position < bytes.count, bytes[position] == quote {
            let start = position + 1
            position = start
            var end = bytes.count
            while position < bytes.count {
                if bytes[position] == quote {
                    // Two quotes are one of the text.
                    guard position + 1 < bytes.count, bytes[position + 1] == quote else {
                        end = position
                        position += 1
                        break
                    }
                    position += 1
                } else if bytes[position] == newline {
                    line += 1
                }
                position += 1
            }
            fields.append(start..<end)
            while position < bytes.count, bytes[position] != comma, bytes[position] != newline { position += 1 }
        } else {
            let start = position
            while position < bytes.count, bytes[position] != comma, bytes[position] != newline { position += 1 }
            let isLast = position == bytes.count || bytes[position] == newline
            fields.append(start..<(isLast && position > start && bytes[position - 1] == carriageReturn ? position - 1 : position))
        }
    }

    /// The text of a field; quotes within it stand once.
    func text(_ field: Int) -> String {
        let text = String(decoding: bytes[fields[field]], as: UTF8.self)
        return text.utf8.contains(quote)
            ? text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"") : text
    }

    /// A field that is a whole number of at most 18 digits.
    func integer(_ field: Int) -> Int? {
        var range = fields[field]
        guard let first = range.first else { return nil }
        let isNegative = bytes[first] == UInt8(ascii: "-")
        if isNegative { range = first + 1..<range.upperBound }
        guard (1...18).contains(range.count) else { return nil }
        var value = 0
        for index in range {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return isNegative ? -value : value
    }

    /// Whether a field is a text.
    func holds(_ field: Int, _ text: StaticString) -> Bool {
        let range = fields[field]
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { other in range.indices.allSatisfy { unsafe bytes[$0] == other[$0 - range.lowerBound] } }
    }
}

private let newline = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let comma = UInt8(ascii: ",")
private let quote = UInt8(ascii: "\"")
