import Platform

/// Reads text files of numbers strictly, one after the other: a row of readings a line, or one whole number a line.
///
/// The first thing that is wrong is an error that names file, line and column. Lines may end in CR LF and in blanks, and the last may
/// be followed by blank lines.
public struct NumberTable {
    /// What helps against a damaged file; the end of every message.
    private let remedy: String
    /// The largest file that is read, in bytes.
    private let limit: Int
    /// The file at hand; kept from file to file, so that its memory is taken from the system once.
    private var buffer: [UInt8] = []
    /// The hash of all files read so far.
    public private(set) var contentHash = ContentHash()

    /// A reader of files of at most `limit` bytes.
    public init(limit: Int, remedy: String) {
        self.limit = limit
        self.remedy = remedy
    }

    /// Reads a file of one whole number a line.
    /// - Parameter name: What the number is, for messages: "label".
    /// - Returns: At least one number.
    /// - Throws: A `WindowError`.
    public mutating func readColumn(_ file: String, range: ClosedRange<Int>, name: String) throws(WindowError) -> [Int32] {
        let size = try load(file)
        var values: [Int32] = []
        var text = DecimalText(buffer.span.extracting(0..<size))
        while !text.isAtEnd {
            let line = values.count + 1
            text.skipBlanks()
            if text.isAtLineEnd {
                text.skipBlankLines()
                if text.isAtEnd { break }
                throw WindowError(
                    file: file, line: line, column: 1, message: "the line is blank; expected a \(name): \(remedy)")
            }
            let column = text.column
            let word = text.word()
            guard let value = text.smallInteger(), range.contains(value) else {
                throw WindowError(
                    file: file, line: line, column: column,
                    message:
                        "\(name) \"\(word)\" is not a whole number from \(range.lowerBound) to \(range.upperBound): \(remedy)")
            }
            text.skipBlanks()
            guard text.isAtLineEnd else {
                throw WindowError(
                    file: file, line: line, column: text.column,
                    message: "a second value, \"\(text.word())\"; expected one \(name) a line: \(remedy)")
            }
            text.skipLineEnd()
            values.append(Int32(value))
        }
        guard !values.isEmpty else { throw WindowError(file: file, message: "the file is empty: \(remedy)") }
        return values
    }

    /// Reads a file of rows, the readings of one channel of a window each, to their places among the other channels'.
    /// - Parameters:
    ///   - rows: The rows that the file should have.
    ///   - channel: The channel; the first one makes the memory.
    ///   - windows: [rows, steps, channels], or empty before the first channel; when fewer rows come back than were asked for, its
    ///     content means nothing.
    /// - Returns: The rows that the file has.
    /// - Throws: A `WindowError`.
    public mutating func readChannel(
        _ file: String, rows: Int, channel: Int, format: WindowFormat, into windows: inout [Float]
    ) throws(WindowError) -> Int {
        let size = try load(file)
        if windows.isEmpty {
            // A number and a blank take 2 bytes: what a short file cannot hold is not allocated, whatever its caller expects, and one
            // row more is room for the row in which the file turns out to be short.
            let possible = min(rows, (size + 1) / (2 * format.steps) + 1)
            windows = [Float](repeating: 0, count: possible * format.shape.count)
        }
        var target = windows.mutableSpan
        return try parse(
            buffer.span.extracting(0..<size), file: file, rows: rows, steps: format.steps, from: channel,
            stride: format.channels.count, into: &target)
    }

    /// Reads rows of numbers into every `stride`th place of the windows.
    ///
    /// - Returns: the number of rows in the text; `rows` if all is well.
    @_lifetime(windows: copy windows)
    private func parse(
        _ bytes: Span<UInt8>, file: String, rows: Int, steps: Int, from first: Int, stride: Int,
        into windows: inout MutableSpan<Float>
    ) throws(WindowError) -> Int {
        var text = DecimalText(bytes)
        var target = first
        for row in 0..<rows {
            for step in 0..<steps {
                text.skipBlanks()
                guard let value = text.float() else {
                    return try failure(text, file: file, row: row, step: step, steps: steps)
                }
                windows[target] = value
                target += stride
            }
            text.skipBlanks()
            guard text.isAtLineEnd else {
                throw WindowError(
                    file: file, line: row + 1, column: text.column,
                    message: "value \(steps + 1), \"\(text.word())\", is one too many; a row holds the "
                        + "\(steps) readings of one window: \(remedy)")
            }
            text.skipLineEnd()
        }
        text.skipBlankLines()
        return text.isAtEnd ? rows : text.lineCount()
    }

    /// Says why there is no number: the text ends (and returns how many rows it has), the row ends, or it is something else.
    private func failure(
        _ stopped: DecimalText, file: String, row: Int, step: Int, steps: Int
    ) throws(WindowError) -> Int {
        guard stopped.isAtLineEnd else {
            throw WindowError(
                file: file, line: row + 1, column: stopped.column,
                message: "value \(step + 1), \"\(stopped.word())\", is not a finite decimal number: \(remedy)")
        }
        var rest = stopped
        rest.skipBlankLines()
        if step == 0, rest.isAtEnd {
            guard row > 0 else { throw WindowError(file: file, message: "the file is empty: \(remedy)") }
            return row
        }
        throw WindowError(
            file: file, line: row + 1, column: stopped.column,
            message:
                "the row ends after \(NumberText.count(step, "value")); a row holds the \(steps) readings of one window: \(remedy)"
        )
    }

    /// Reads a file into the buffer and hashes it.
    ///
    /// - Returns: its size; the buffer may be larger.
    private mutating func load(_ file: String) throws(WindowError) -> Int {
        let size: Int
        do throws(FileError) {
            var stream = try FileStream(file)
            guard stream.size <= limit else {
                throw FileError(path: file, operation: "read", reason: "it is larger than \(limit >> 20) MB")
            }
            if buffer.count < stream.size { buffer = [UInt8](repeating: 0, count: stream.size) }
            var bytes = buffer.mutableSpan
            var target = unsafe bytes.mutableBytes
            size = try stream.read(into: &target)
        } catch {
            throw WindowError(file: error.path, message: "cannot \(error.operation) the file: \(error.reason); \(remedy)")
        }
        contentHash.append(ContentHash(of: unsafe buffer.span.extracting(0..<size).bytes))
        return size
    }
}
