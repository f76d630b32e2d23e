import Memory
import Platform
import StrictJSON

/// Reads windows of a file or of standard input as they come: a window is there as soon as its last reading is.
///
/// A `.csv` file and standard input hold a reading a line, in the order of the channels or under a header that names them in any
/// order; how spreadsheets write them, see `CSVLayout`. Blank lines are ignored. A `.f32` file holds raw little-endian floats, [windows, steps, channels]. The memory it takes does not depend on the input's length.
public final class WindowReader {
    /// What errors call the input: its path, or "standard input".
    public let name: String
    private let window: Shape
    private let channels: [String]
    private let isRaw: Bool
    private let input: InputStream
    private var isAtEnd = false
    /// Bytes that have been read and belong to no reading yet.
    private var bytes: [UInt8] = []
    /// Readings of windows that are not complete yet.
    private var values: [Float] = []
    /// How the lines are written; nil before the first that is not blank.
    private var layout: CSVLayout?
    /// The decimal mark of the values read so far, and the line that has it first; nil while all are whole.
    private var decimalMark: (byte: UInt8, line: Int)?
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
        channels = format.channels
        guard path != "-" else {
            name = "standard input"
            input = .standardInput()
            return
        }
        name = path
        guard isRaw || path.hasSuffix(".csv") else {
            let numPy = path.hasSuffix(".npy") ? ": array.astype(\"float32\").tofile(\"windows.f32\") writes raw floats" : ""
            throw WindowError(
                file: path, message: "the name must end in .csv or .f32, or be - for CSV on standard input\(numPy)")
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
                message: "window \(count + 1) ends after \(NumberText.count(rest, "reading")), not \(window[0])")
        }
        guard count > 0 else { throw WindowError(file: name, message: "no windows in it") }
    }

    // MARK: Raw floats

    private func takeFloats() throws(WindowError) {
        let bytes = bytes
        let count = bytes.count / 4
        // Before the first window is given: what is there of it, or 1 KiB where windows are smaller, is enough to see it.
        let beginning = min(bytes.count, max(4 * window.count, 1 << 10))
        if windows == 0, floats < window.count, RawFloats.lookLikeDoubles(bytes.span.extracting(first: beginning)) {
            throw WindowError(
                file: name,
                message: "the values look like 64-bit floats: write them with 32 bits, array.astype(\"float32\").tofile(...)")
        }
        for place in 0..<count {
            let value = RawFloats.value(bytes.span, at: place)
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
        // Windows' programs begin a text with a byte order mark.
        let isMarked = lines == 1 && line.count >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF
        let line = isMarked ? line.extracting(3..<line.count) : line
        var blank = DecimalText(line)
        blank.skipBlanks()
        if blank.isAtEnd { return }
        guard let layout else { return try takeFirst(line) }
        try take(line, layout)
    }

    /// Takes the first line that is not blank: it shows how the others are written, and names the columns or is a reading.
    private func takeFirst(_ line: Span<UInt8>) throws(WindowError) {
        let layout: CSVLayout
        do throws(CSVLayout.Problem) {
            layout = try CSVLayout(firstLine: line, channels: channels)
        } catch {
            throw WindowError(file: name, line: lines, message: error.message)
        }
        self.layout = layout
        if !layout.hasHeader { try take(line, layout) }
    }

    private func take(_ line: Span<UInt8>, _ layout: CSVLayout) throws(WindowError) {
        let first = values.count
        values.append(contentsOf: repeatElement(0, count: window[1]))
        var column = 0
        // The first value that is no number, or has another decimal mark than those before it.
        var wrong: (column: Int, range: Range<Int>, reason: String)?
        layout.forEachCell(of: line) { cell in
            if column < layout.channels.count, let channel = layout.channels[column], wrong == nil {
                if let value = layout.number(line.extracting(cell)) {
                    values[first + channel] = value
                    if let reason = mixing(layout.decimalMark(line.extracting(cell))) { wrong = (column + 1, cell, reason) }
                } else {
                    wrong = (column + 1, cell, "is not a finite number")
                }
            }
            column += 1
        }
        guard column == layout.channels.count else {
            values.removeLast(window[1])
            throw WindowError(
                file: name, line: lines,
                message: "\(NumberText.count(column, "value")), not \(layout.channels.count) separated by "
                    + "\(layout.separatorName) (\(window[0]) lines a window)")
        }
        if let wrong {
            values.removeLast(window[1])
            let cell = WindowReader.text(line.extracting(wrong.range))
            throw WindowError(
                file: name, line: lines, column: wrong.range.lowerBound + 1,
                message: "value \(wrong.column), '\(JSON.excerpt(of: cell))', \(wrong.reason)")
        }
        lastReading = lines
    }

    /// What is wrong with a decimal mark that is not that of the values before: one of both may part thousands, and nobody knows which.
    private func mixing(_ mark: UInt8?) -> String? {
        guard let mark else { return nil }
        guard let decimalMark else {
            decimalMark = (mark, lines)
            return nil
        }
        guard mark != decimalMark.byte else { return nil }
        func name(_ mark: UInt8) -> String { mark == UInt8(ascii: ".") ? "point" : "comma" }
        return
            "has a \(name(mark)) where a value of line \(decimalMark.line) has a \(name(decimalMark.byte)): write all decimals with the "
            + "same mark, and nothing between thousands"
    }

    /// The beginning of some bytes as text, more of it than an error shows.
    private static func text(_ bytes: Span<UInt8>) -> String {
        String(decoding: (0..<min(bytes.count, 400)).map { bytes[$0] }, as: UTF8.self)
    }
}

private let newline = UInt8(ascii: "\n")
