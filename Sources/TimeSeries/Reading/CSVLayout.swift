import Platform
import StrictJSON

/// How a text of readings is written: what separates its values and where in a line each channel stands. Known from its first line.
///
/// Values are separated as RFC 4180 says, or by semicolons or tabs as spreadsheets of many languages do; then a comma may be the
/// decimal mark, as it may between quotation marks.
struct CSVLayout {
    /// What is between two values.
    let separator: UInt8
    /// The channel of each column, nil for a column that is none's.
    let channels: [Int?]
    /// Whether the first line names the columns.
    let hasHeader: Bool

    /// What keeps a line from being read.
    struct Problem: Error {
        let message: String
    }

    /// The layout that a first line shows.
    /// - Throws: A `Problem` where the line names columns, and not every channel has one.
    init(firstLine line: Span<UInt8>, channels names: [String]) throws(Problem) {
        // Where nobody knows what the channels are called, they have numbers.
        let areNamed = names != names.indices.map(String.init)
        let separator = CSVLayout.separator(of: line, channels: names, areNamed: areNamed)
        self.separator = separator
        let cells = CSVLayout.texts(of: line, separator: separator, channels: names)
        // A line with the name of a channel is a header, whatever its other columns are called: pandas gives that of its index no name.
        let named = cells.filter { !$0.isEmpty }
        let isName = named.allSatisfy { cell in cell.contains(where: \.isLetter) && Double(cell) == nil }
        guard
            areNamed && CSVLayout.isNaming(cells, names)
                || isName && (cells.count > 1 || names.count == 1) && named.first?.first?.isLetter == true
        else {
            channels = names.indices.map { $0 }
            hasHeader = false
            return
        }
        hasHeader = true
        guard areNamed else {
            // The columns are taken in their order.
            guard cells.count == names.count else {
                throw Problem(
                    message:
                        "the header names \(NumberText.count(cells.count, "column")), a window has \(NumberText.count(names.count, "channel"))"
                )
            }
            channels = cells.indices.map { $0 }
            return
        }
        for name in names {
            let count = cells.count { $0 == name }
            guard count == 1 else {
                throw Problem(
                    message:
                        "\(count == 0 ? "no column" : "more than one column") is called '\(JSON.excerpt(of: name))' in the header "
                        + "'\(JSON.excerpt(of: cells.joined(separator: ",")))': name the columns \(names.joined(separator: ", ")) in any "
                        + "order, or leave the header out where every line has these values in this order")
            }
        }
        channels = cells.map { names.firstIndex(of: $0) }
    }

    /// What makes a text another than lines of UTF-8, and what to do about it; nil where its beginning shows nothing of the kind.
    /// - Parameter beginning: What is there of the first line.
    static func problem(ofText beginning: Span<UInt8>) -> String? {
        let count = beginning.count
        func begins(_ magic: [UInt8]) -> Bool { count >= magic.count && magic.indices.allSatisfy { beginning[$0] == magic[$0] } }
        if begins([0x50, 0x4B, 0x03, 0x04]) {
            return "this is a ZIP archive, as spreadsheets (.xlsx, .ods) are: save it as CSV"
        }
        if begins([0x1F, 0x8B]) { return "this is compressed by gzip: unpack it first (gunzip)" }
        if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) {
            return "the text is UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"
        }
        var hasLoneReturn = false
        for index in 0..<count {
            if beginning[index] == 0 {
                return
                    "this is no text in UTF-8: it holds bytes of 0, as UTF-16 does (iconv -f UTF-16LE -t UTF-8) and as raw floats do "
                    + "(call the file .f32)"
            }
            if hasLoneReturn, !isBlank(beginning[index]) {
                return "the lines end with carriage returns alone: end them with line feeds (tr '\\r' '\\n')"
            }
            hasLoneReturn = hasLoneReturn || beginning[index] == UInt8(ascii: "\r")
        }
        return nil
    }

    /// Whether a first line names the separator for a spreadsheet, as `sep=;`, and is no reading.
    static func isSeparatorLine(_ line: Span<UInt8>) -> Bool {
        let (inner, _) = unquoted(line)
        guard inner.count == 5, [comma, semicolon, tab].contains(line[inner.upperBound - 1]) else { return false }
        return String(decoding: inner.map { line[$0] }, as: UTF8.self).lowercased().hasPrefix("sep=")
    }

    /// What is between two values, for messages.
    var separatorName: String { separator == semicolon ? "semicolons" : separator == tab ? "tabs" : "commas" }

    /// Calls the body with the place of each value of a line.
    func forEachCell(of line: Span<UInt8>, _ body: (Range<Int>) -> Void) {
        CSVLayout.forEachCell(of: line, separator: separator, body)
    }

    /// The first point or comma in a cell, which is the decimal mark where the cell is a number; nil where there is none.
    func decimalMark(_ cell: Span<UInt8>) -> UInt8? {
        for index in 0..<cell.count where cell[index] == point || cell[index] == comma { return cell[index] }
        return nil
    }

    /// The number in a cell, which may have blanks and quotation marks around it; nil where there is none.
    func number(_ cell: Span<UInt8>) -> Float? {
        if let value = CSVLayout.number(cell) { return value }
        let (inner, isQuoted) = CSVLayout.unquoted(cell)
        if let value = CSVLayout.number(cell.extracting(inner)) { return value }
        guard separator != comma || isQuoted else { return nil }
        // A decimal comma: one, with a digit after it, and no point.
        var bytes = inner.map { cell[$0] }
        guard let place = bytes.firstIndex(of: comma), place + 1 < bytes.count, isDigit(bytes[place + 1]),
            !bytes.contains(point)
        else { return nil }
        bytes[place] = point
        return CSVLayout.number(bytes.span)
    }

    private static func number(_ cell: Span<UInt8>) -> Float? {
        var text = DecimalText(cell)
        text.skipBlanks()
        guard let value = text.float() else { return nil }
        text.skipBlanks()
        return text.isAtEnd ? value : nil
    }

    /// What stands between the names of channels; without names semicolons wherever there are any; tabs where they part a line into as
    /// many values as expected, or names; else commas, beside which tabs are blanks.
    private static func separator(of line: Span<UInt8>, channels names: [String], areNamed: Bool) -> UInt8 {
        for separator in [semicolon, tab, comma] where areNamed {
            let cells = texts(of: line, separator: separator, channels: names)
            if cells.count > 1, isNaming(cells, names) { return separator }
        }
        if cells(of: line, separator: semicolon).count > 1 { return semicolon }
        let parts = cells(of: line, separator: tab)
        let isTabbed =
            parts.count > 1
            && (parts.count == names.count || cells(of: line, separator: comma).count == 1)
            && parts.allSatisfy { part in part.contains { !isBlank(line[$0]) && line[$0] != comma } }
        return isTabbed ? tab : comma
    }

    /// Whether a cell is the name of a channel.
    private static func isNaming(_ cells: [String], _ names: [String]) -> Bool {
        cells.contains { names.contains($0) && Double($0) == nil }
    }

    /// The texts of a line's cells; what names a channel in other case, or with its unit behind it, as `Acc_X [g]`, is the channel's name.
    private static func texts(of line: Span<UInt8>, separator: UInt8, channels names: [String]) -> [String] {
        let texts = cells(of: line, separator: separator).map { text(line.extracting($0)) }
        return texts.map { text in
            guard !names.contains(text) else { return text }
            let bare = text.prefix { $0 != "[" && $0 != "(" }.lowercased().split(separator: " ").joined(separator: " ")
            let meant = names.filter { $0.lowercased() == bare && !texts.contains($0) }
            return meant.count == 1 ? meant[0] : text
        }
    }

    private static func cells(of line: Span<UInt8>, separator: UInt8) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        forEachCell(of: line, separator: separator) { cells.append($0) }
        return cells
    }

    /// Finds the values between separators; a separator between quotation marks is none.
    private static func forEachCell(of line: Span<UInt8>, separator: UInt8, _ body: (Range<Int>) -> Void) {
        var start = 0
        while start <= line.count {
            var end = start
            var isQuoted = false
            while end < line.count, isQuoted || line[end] != separator {
                if line[end] == quote { isQuoted.toggle() }
                end += 1
            }
            body(start..<end)
            start = end + 1
        }
    }

    /// The part of a cell between its quotation marks, or all of it.
    private static func unquoted(_ cell: Span<UInt8>) -> (range: Range<Int>, isQuoted: Bool) {
        var (start, end) = (0, cell.count)
        while start < end, isBlank(cell[start]) { start += 1 }
        while end > start, isBlank(cell[end - 1]) { end -= 1 }
        guard end - start >= 2, cell[start] == quote, cell[end - 1] == quote else { return (start..<end, false) }
        return (start + 1..<end - 1, true)
    }

    private static func text(_ cell: Span<UInt8>) -> String {
        String(decoding: unquoted(cell).range.map { cell[$0] }, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == tab || byte == UInt8(ascii: "\r") }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
private let point = UInt8(ascii: ".")
private let comma = UInt8(ascii: ",")
private let semicolon = UInt8(ascii: ";")
private let tab = UInt8(ascii: "\t")
private let quote = UInt8(ascii: "\"")
