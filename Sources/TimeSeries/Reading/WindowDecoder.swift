import Kernels
import Memory
import Platform
import StrictJSON

/// Takes the bytes of readings as they come, from wherever, and gives windows: a window is there as soon as its last reading is.
///
/// Its memory does not depend on how much comes, where windows are taken as they are there.
public struct WindowDecoder: Sendable {
    /// How readings are written.
    public enum Encoding: Sendable {
        /// A reading a line, in the order of the channels or under a header that names them in any order; how spreadsheets write them,
        /// see `CSVLayout`. Blank lines are ignored.
        case csv
        /// Raw little-endian floats, [windows, steps, channels].
        case floats
    }

    /// What errors call the input.
    public let name: String
    private let window: Shape
    private let channels: [String]
    private let encoding: Encoding
    /// Readings from the first of a window to the first of the next.
    private let hop: Int
    /// Whether readings may follow the last window that fill none.
    private let allowsRest: Bool
    /// Whether all bytes have come.
    private var isAtEnd = false
    /// Bytes that have come and belong to no reading yet.
    private var bytes: [UInt8] = []
    /// Readings of windows that have not been taken yet.
    private var values: [Float] = []
    /// Values to drop before the next window begins: they lie between two windows, where the hop is longer than one.
    private var between = 0
    /// How the lines are written; nil before the first that is not blank.
    private var layout: CSVLayout?
    /// The decimal mark of the values read so far, and the line that has it first; nil while all are whole.
    private var decimalMark: (byte: UInt8, line: Int)?
    /// What is wrong behind the windows that are there.
    private var failure: WindowError?
    /// The lines read, and the last of them that has a reading.
    private var (lines, lastReading) = (0, 0)
    /// The values read of raw floats, the windows taken, and the values that went with them.
    private var (floats, windows, taken) = (0, 0, 0)

    /// No line of readings is longer, in bytes.
    static let longestLine = 1 << 16

    /// A decoder that has read nothing yet.
    /// - Parameters:
    ///   - name: What errors call the input.
    ///   - format: What the windows hold.
    ///   - hop: Readings from the first of a window to the first of the next, at least 1; nil: windows follow one another.
    ///   - allowsRest: Whether readings may follow the last window that fill none, and no window come at all: a recording of any length.
    /// - Throws: A `WindowError` where nothing can have the format.
    public init(_ name: String, encoding: Encoding, format: WindowFormat, hop: Int? = nil, allowsRest: Bool = false)
        throws(WindowError)
    {
        if let problem = format.problem { throw WindowError(file: name, message: problem) }
        precondition(hop ?? 1 >= 1, "a hop of \(hop ?? 0) readings")
        self.name = name
        self.encoding = encoding
        self.hop = hop ?? format.steps
        self.allowsRest = allowsRest
        window = format.shape
        channels = format.channels
    }

    /// Whether `takeWindows` has anything to say: a window, an error or the end.
    var isReady: Bool { values.count >= window.count || failure != nil || isAtEnd }

    /// The complete readings that have come.
    public var readings: Int { (taken + values.count) / window[1] }

    /// Takes the next bytes. What is wrong with them is thrown by `takeWindows`, behind the windows before it.
    public mutating func append(_ more: some Sequence<UInt8>) {
        guard failure == nil else { return }
        bytes.append(contentsOf: more)
        decode()
    }

    /// Learns that no more bytes come.
    public mutating func finish() {
        isAtEnd = true
        guard failure == nil else { return }
        decode()
    }

    private mutating func decode() {
        do throws(WindowError) {
            switch encoding {
            case .floats: try takeFloats()
            case .csv: try takeLines()
            }
            if isAtEnd { try checkEnd() }
        } catch {
            failure = error
        }
    }

    /// Takes the windows that are there.
    /// - Returns: At least one and as many as are there, [count, steps, channels]; nil where none is.
    /// - Throws: A `WindowError` that names line and value, once the windows before it have been taken.
    public mutating func takeWindows() throws(WindowError) -> [Float]? {
        dropBetween()
        guard values.count >= window.count else {
            if let failure { throw failure }
            return nil
        }
        let step = hop * window[1]
        let count = (values.count - window.count) / step + 1
        var complete: [Float]
        if step == window.count {
            complete = Array(values.prefix(count * step))
        } else {
            complete = []
            complete.reserveCapacity(count * window.count)
            for index in 0..<count { complete.append(contentsOf: values[index * step..<index * step + window.count]) }
        }
        windows += count
        between = count * step
        dropBetween()
        return complete
    }

    private mutating func dropBetween() {
        let count = min(between, values.count)
        values.removeFirst(count)
        between -= count
        taken += count
    }

    /// At the end of the input: whether its last window is complete, and whether there was one.
    private func checkEnd() throws(WindowError) {
        if encoding == .floats { return try checkFloats(bytes: 4 * floats + bytes.count) }
        guard !allowsRest else { return }
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

    /// Whether so many bytes are whole windows, at least one, or, where readings may follow the last, whole readings.
    func checkFloats(bytes count: Int) throws(WindowError) {
        let unit = allowsRest ? 4 * window[1] : 4 * window.count
        guard allowsRest || count > 0, count.isMultiple(of: unit) else {
            let noun = allowsRest ? "readings" : "windows"
            let shape = allowsRest ? "\(window[1]) floats" : "\(window) floats"
            throw WindowError(
                file: name, message: "\(count) bytes are no whole number of \(noun) of \(unit) bytes (\(shape))")
        }
    }

    private mutating func takeFloats() throws(WindowError) {
        let bytes = bytes
        let count = bytes.count / 4
        // Before the first window is given: what is there of it, or 1 KiB where windows are smaller, is enough to see it.
        let beginning = min(bytes.count, max(4 * window.count, 1 << 10))
        if windows == 0, floats < window.count, RawFloats.lookLikeDoubles(bytes.span.extracting(first: beginning)) {
            throw WindowError(
                file: name,
                message: "the values look like 64-bit floats: write them with 32 bits, array.astype(\"float32\").tofile(...)")
        }
        let first = values.count
        values.append(contentsOf: RawFloats.values(bytes.span.extracting(first: 4 * count)))
        if let more = firstNonFinite(values.span.extracting(first..<values.count)) {
            let wrong = first + more
            let (value, place) = (values[wrong], floats + more)
            values.removeSubrange(wrong...)
            let reading =
                hop == window[0]
                ? "window \(place / window.count + 1), reading \(place % window.count / window[1] + 1)"
                : "reading \(place / window[1] + 1)"
            // Other bytes than floats make a NaN of their own, which would be printed with its bits.
            let isForeign = value.isNaN && abs(value).bitPattern != Float.nan.bitPattern
            throw WindowError(
                file: name,
                message:
                    "value \(place + 1) (\(reading), channel \(channels[place % window[1]])) is \(value.isNaN ? "nan" : "\(value)"), "
                    + "not a finite number\(isForeign ? ": write little-endian floats of 32 bits, array.astype(\"<f4\").tofile(...)" : "")"
            )
        }
        floats += count
        self.bytes.removeFirst(4 * count)
    }

    // MARK: CSV

    /// Takes the readings of all lines that are complete.
    private mutating func takeLines() throws(WindowError) {
        let bytes = bytes
        let text = bytes.span
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != newline { end += 1 }
            if lines == 0, let problem = CSVLayout.problem(ofText: text.extracting(start..<end)) {
                throw WindowError(file: name, line: 1, message: problem)
            }
            guard end - start <= WindowDecoder.longestLine else {
                throw WindowError(
                    file: name, line: lines + 1,
                    message: "the line is longer than \(WindowDecoder.longestLine) bytes: expected \(window[1]) values")
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
    private mutating func take(_ line: Span<UInt8>) throws(WindowError) {
        // Windows' programs begin a text with a byte order mark.
        let isMarked = lines == 1 && line.count >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF
        let line = isMarked ? line.extracting(3..<line.count) : line
        var blank = DecimalText(line)
        blank.skipBlanks()
        if blank.isAtEnd { return }
        guard let layout else {
            // The separator that it names shows in the line after it, too.
            if lines == 1, CSVLayout.isSeparatorLine(line) { return }
            return try takeFirst(line)
        }
        try take(line, layout)
    }

    /// Takes the first line that is not blank: it shows how the others are written, and names the columns or is a reading.
    private mutating func takeFirst(_ line: Span<UInt8>) throws(WindowError) {
        let layout: CSVLayout
        do throws(CSVLayout.Problem) {
            layout = try CSVLayout(firstLine: line, channels: channels)
        } catch {
            throw WindowError(file: name, line: lines, message: error.message)
        }
        self.layout = layout
        if !layout.hasHeader { try take(line, layout) }
    }

    private mutating func take(_ line: Span<UInt8>, _ layout: CSVLayout) throws(WindowError) {
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
            let cell = WindowDecoder.text(line.extracting(wrong.range))
            throw WindowError(
                file: name, line: lines, column: wrong.range.lowerBound + 1,
                message: "value \(wrong.column), '\(JSON.excerpt(of: cell))', \(wrong.reason)")
        }
        lastReading = lines
    }

    /// What is wrong with a decimal mark that is not that of the values before: one of both may part thousands, and nobody knows which.
    private mutating func mixing(_ mark: UInt8?) -> String? {
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
