import Memory
import Platform
import StrictJSON

/// Reads windows of a file or of standard input as they come: a window is there as soon as its last reading is.
///
/// A `.csv` file and standard input hold a reading a line, its channels separated by commas; blank lines are ignored. A `.f32`
/// file holds raw little-endian floats, [windows, steps, channels]. The memory it takes does not depend on the input's length.
public final class WindowReader {
    /// What errors call the input: its path, or "standard input".
    public let name: String
    private let window: Shape
    private let isRaw: Bool
    private let input: InputStream
    private var isAtEnd = false
    /// Bytes that have been read and belong to no reading yet.
    private var bytes: [UInt8] = []
    /// Readings of windows that are not complete yet.
    private var values: [Float] = []
    /// What is wrong behind the windows read so far.
    private var failure: WindowError?
    /// The lines read, and the last of them that has a reading.
    private var (lines, lastReading) = (0, 0)
    /// The values read of a file of raw floats, and the windows given.
    private var (floats, windows) = (0, 0)

    /// No line of readings is longer, in bytes.
    static let longestLine = 1 << 16

    /// Opens an input: a path that ends in .csv or .f32, or "-" for CSV on standard input.
    /// - Parameter format: What the windows hold.
    /// - Throws: A `FileError`, or a `WindowError` where the name ends in something else.
    public init(_ path: String, format: WindowFormat) throws {
        if let problem = format.problem { throw WindowError(file: path, message: problem) }
        isRaw = path.hasSuffix(".f32")
        window = format.shape
        guard path != "-" else {
            name = "standard input"
            input = .standardInput()
            return
        }
        name = path
        guard isRaw || path.hasSuffix(".csv") else {
            throw WindowError(
                file: path, message: "the name must end in .csv or .f32, or be - for CSV on standard input")
        }
        input = try InputStream(path)
    }

    /// Waits for the next windows.
    /// - Returns: At least one and as many as are there already, [count, steps, channels]; nil at the end.
    /// - Throws: A `FileError`, or a `WindowError` that names line and value; windows before it are given first.
    public func next() throws -> [Float]? {
        while values.count < window.count, failure == nil, !isAtEnd {
            isAtEnd = try !input.read(onto: &bytes)
            do throws(WindowError) {
                try isRaw ? takeFloats() : takeLines()
                if isAtEnd { try checkEnd() }
            } catch {
                failure = error
            }
        }
        let count = values.count / window.count
        guard count > 0 else {
            if let failure { throw failure }
            return nil
        }
        let complete = Array(values.prefix(count * window.count))
        values.removeFirst(complete.count)
        windows += count
        return complete
    }

    /// At the end of the input: whether its last window is complete, and whether there was one.
    private func checkEnd() throws(WindowError) {
        guard !isRaw else {
            let count = 4 * floats + bytes.count
            guard count > 0, count.isMultiple(of: 4 * window.count) else {
                throw WindowError(
                    file: name,
                    message: "\(count) bytes are no whole number of windows of \(4 * window.count) bytes (\(window) floats)")
            }
            return
        }
        let rest = values.count % window.count / window[1]
        let count = windows + values.count / window.count
        guard rest == 0 else {
            throw WindowError(
                file: name, line: lastReading,
                message: "window \(count + 1) ends after \(rest) \(rest == 1 ? "reading" : "readings"), not \(window[0])")
        }
        guard count > 0 else { throw WindowError(file: name, message: "no windows in it") }
    }

    // MARK: Raw floats

    private func takeFloats() throws(WindowError) {
        let bytes = bytes
        let count = bytes.count / 4
        for place in 0..<count {
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * place + $1]) << (8 * UInt32($1)) }
            let value = Float(bitPattern: bits)
            floats += 1
            guard value.isFinite else {
                throw WindowError(file: name, message: "value \(floats) is \(value), not a finite number")
            }
            values.append(value)
        }
        self.bytes.removeFirst(4 * count)
    }

    // MARK: CSV

    /// Takes the readings of all lines that are complete.
    private func takeLines() throws(WindowError) {
        let bytes = bytes
        let text = bytes.span
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != newline { end += 1 }
            guard end - start <= WindowReader.longestLine else {
                throw WindowError(
                    file: name, line: lines + 1,
                    message: "the line is longer than \(WindowReader.longestLine) bytes: expected \(window[1]) values")
            }
            // A line goes on in what is read next, unless there is nothing more.
            guard end < text.count || isAtEnd else { break }
            lines += 1
            try take(text.extracting(start..<end))
            start = end + 1
        }
        self.bytes.removeFirst(min(start, text.count))
    }

    /// Takes the reading of a line.
    private func take(_ line: Span<UInt8>) throws(WindowError) {
        var blank = DecimalText(line)
        blank.skipBlanks()
        if blank.isAtEnd { return }
        let channels = window[1]
        var (column, start) = (0, 0)
        // The first value that is no number.
        var wrong: (column: Int, range: Range<Int>)?
        while start <= line.count {
            var end = start
            while end < line.count, line[end] != comma { end += 1 }
            column += 1
            if wrong == nil, column <= channels {
                if let value = WindowReader.number(line.extracting(start..<end)) {
                    values.append(value)
                } else {
                    wrong = (column, start..<end)
                }
            }
            start = end + 1
        }
        if lines == 1, line.count >= 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF {
            throw WindowError(
                file: name, line: 1, column: 1, message: "the file begins with a byte order mark: save it as UTF-8 without one")
        }
        if lastReading == 0, let names = WindowReader.header(line) {
            throw WindowError(
                file: name, line: lines,
                message: "this is a header line (\(JSON.excerpt(of: names))): leave it out, every line is a reading")
        }
        guard column == channels else {
            throw WindowError(
                file: name, line: lines,
                message: "\(column) \(column == 1 ? "value" : "values"), not \(channels) separated by commas "
                    + "(\(window[0]) lines a window)")
        }
        if let wrong {
            let cell = WindowReader.text(line.extracting(wrong.range))
            throw WindowError(
                file: name, line: lines, column: wrong.range.lowerBound + 1,
                message: "value \(wrong.column), '\(JSON.excerpt(of: cell))', is not a finite number")
        }
        lastReading = lines
    }

    /// The number in a cell, which may have blanks around it.
    private static func number(_ cell: Span<UInt8>) -> Float? {
        var text = DecimalText(cell)
        text.skipBlanks()
        guard let value = text.float() else { return nil }
        text.skipBlanks()
        return text.isAtEnd ? value : nil
    }

    /// The text of a line that names columns: it begins with a letter, and none of its cells is a number, infinite or not.
    private static func header(_ line: Span<UInt8>) -> String? {
        let text = text(line)
        let cells = text.unicodeScalars.split(separator: ",").map { Substring($0) }
        let isName = cells.allSatisfy { cell in cell.contains(where: \.isLetter) && Double(cell) == nil }
        return isName && cells.count > 1 && text.first.map { $0.isLetter || $0 == "\"" } == true ? text : nil
    }

    /// The beginning of some bytes as text, more of it than an error shows.
    private static func text(_ bytes: Span<UInt8>) -> String {
        String(decoding: (0..<min(bytes.count, 400)).map { bytes[$0] }, as: UTF8.self)
    }
}

private let newline = UInt8(ascii: "\n")
private let comma = UInt8(ascii: ",")
