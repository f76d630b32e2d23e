import Platform

/// Reads data sets in UCI HAR's layout, strictly: one error that names file, line and column, or all windows.
///
/// These are read, below a folder that holds `train` and `test`: for each half the labels (`y_train.txt`), the volunteers
/// (`subject_train.txt`) and nine files of signals (`Inertial Signals/body_acc_x_train.txt` ...). Any number of windows is
/// right as long as the files agree. Lines may end in CR LF and in blanks, and the last may be followed by blank lines.
public struct HARReader {
    /// Largest file that is read: 17 times the original's largest.
    static let fileLimit = 1 << 28

    private let folder: HARFolder
    /// The file at hand; kept from file to file, so that its memory is taken from the system once.
    private var buffer: [UInt8] = []
    /// Hash of all files read so far.
    private(set) var contentHash = ContentHash()

    /// Reads a data set from its text files.
    ///
    /// - Parameter path: a folder that holds `train` and `test`, or one that holds such a folder named `UCI HAR Dataset`.
    /// - Throws: `HARDataError` if a file is missing, empty, unreadable or over 256 MB, files differ in length, a row has not exactly 128
    ///   values, a value is not a finite number, a label is outside 1...6, a volunteer is outside 1...255 or in both halves.
    public static func read(_ path: String) throws(HARDataError) -> HARData {
        var reader = HARReader(folder: try HARFolder(at: path))
        return try reader.read()
    }

    init(folder: HARFolder) {
        self.folder = folder
    }

    mutating func read() throws(HARDataError) -> HARData {
        let train = try readHalf(.train)
        let test = try readHalf(.test)
        let trained = Set(train.subjects)
        if let row = test.subjects.firstIndex(where: trained.contains) {
            throw HARDataError(
                file: folder.subjects(.test), line: row + 1, column: 1,
                message:
                    "volunteer \(test.subjects[row]) is also in \(folder.subjects(.train)): nobody may be in both, or the test "
                    + "says nothing about strangers; restore both files")
        }
        return HARData(train: train, test: test, source: .uciHAR(folder: folder.root))
    }

    private mutating func readHalf(_ half: HARFolder.Half) throws(HARDataError) -> Recordings {
        let labels = try readColumn(folder.labels(half), range: 1...UCIHAR.activityCount, name: "label")
        let subjects = try readColumn(folder.subjects(half), range: 1...255, name: "volunteer")
        guard subjects.count == labels.count else {
            throw lengthError(folder.subjects(half), rows: subjects.count, half: half, expected: labels.count)
        }

        var windows: [Float] = []
        for (channel, name) in UCIHAR.channels.enumerated() {
            let file = folder.signals(half, name)
            let size = try load(file)
            if windows.isEmpty {
                // A number and a blank take 2 bytes: what a short file cannot hold is not allocated, whatever the labels claim, and one
                // row more is room for the row in which the file turns out to be short.
                let rows = min(labels.count, (size + 1) / (2 * UCIHAR.windowLength) + 1)
                windows = [Float](repeating: 0, count: rows * UCIHAR.windowSize)
            }
            var target = windows.mutableSpan
            let rows = try HARReader.parse(
                buffer.span.extracting(0..<size), file: file, rows: labels.count, channel: channel, into: &target)
            guard rows == labels.count else { throw lengthError(file, rows: rows, half: half, expected: labels.count) }
        }
        return Recordings(windows: windows, labels: labels.map { $0 - 1 }, subjects: subjects)
    }

    /// Reads a file of one whole number a line.
    private mutating func readColumn(_ file: String, range: ClosedRange<Int>, name: String) throws(HARDataError) -> [UInt8] {
        let size = try load(file)
        var values: [UInt8] = []
        var text = DecimalText(buffer.span.extracting(0..<size))
        while !text.isAtEnd {
            let line = values.count + 1
            text.skipBlanks()
            if text.isAtLineEnd {
                text.skipBlankLines()
                if text.isAtEnd { break }
                throw HARDataError(
                    file: file, line: line, column: 1, message: "the line is blank; expected a \(name): \(restore)")
            }
            let column = text.column
            let word = text.word()
            guard let value = text.smallInteger(), let byte = UInt8(exactly: value), range.contains(value) else {
                throw HARDataError(
                    file: file, line: line, column: column,
                    message:
                        "\(name) \"\(word)\" is not a whole number from \(range.lowerBound) to \(range.upperBound): \(restore)")
            }
            text.skipBlanks()
            guard text.isAtLineEnd else {
                throw HARDataError(
                    file: file, line: line, column: text.column,
                    message: "a second value, \"\(text.word())\"; expected one \(name) a line: \(restore)")
            }
            text.skipLineEnd()
            values.append(byte)
        }
        guard !values.isEmpty else { throw HARDataError(file: file, message: "the file is empty: \(restore)") }
        return values
    }

    /// Reads rows of 128 numbers into one channel of the windows.
    ///
    /// - Returns: the number of rows in the text; `rows` if all is well.
    @_lifetime(windows: copy windows)
    private static func parse(
        _ bytes: Span<UInt8>, file: String, rows: Int, channel: Int, into windows: inout MutableSpan<Float>
    ) throws(HARDataError) -> Int {
        var text = DecimalText(bytes)
        var target = channel
        for row in 0..<rows {
            for step in 0..<UCIHAR.windowLength {
                text.skipBlanks()
                guard let value = text.float() else {
                    return try failure(text, file: file, row: row, step: step)
                }
                windows[target] = value
                target += UCIHAR.channelCount
            }
            text.skipBlanks()
            guard text.isAtLineEnd else {
                throw HARDataError(
                    file: file, line: row + 1, column: text.column,
                    message: "value \(UCIHAR.windowLength + 1), \"\(text.word())\", is one too many; a row holds the "
                        + "\(UCIHAR.windowLength) readings of one window: \(restore)")
            }
            text.skipLineEnd()
        }
        text.skipBlankLines()
        return text.isAtEnd ? rows : text.lineCount()
    }

    /// Says why there is no number: the text ends (and returns how many rows it has), the row ends, or it is something else.
    private static func failure(_ stopped: DecimalText, file: String, row: Int, step: Int) throws(HARDataError) -> Int {
        guard stopped.isAtLineEnd else {
            throw HARDataError(
                file: file, line: row + 1, column: stopped.column,
                message: "value \(step + 1), \"\(stopped.word())\", is not a finite decimal number: \(restore)")
        }
        var rest = stopped
        rest.skipBlankLines()
        if step == 0, rest.isAtEnd {
            guard row > 0 else { throw HARDataError(file: file, message: "the file is empty: \(restore)") }
            return row
        }
        throw HARDataError(
            file: file, line: row + 1, column: stopped.column,
            message:
                "the row ends after \(step) values; a row holds the \(UCIHAR.windowLength) readings of one window: \(restore)")
    }

    /// Reads a file into the buffer and hashes it.
    ///
    /// - Returns: its size; the buffer may be larger.
    private mutating func load(_ file: String) throws(HARDataError) -> Int {
        let size: Int
        do throws(FileError) {
            var stream = try FileStream(file)
            guard stream.size <= HARReader.fileLimit else {
                throw FileError(path: file, operation: "read", reason: "it is larger than \(HARReader.fileLimit >> 20) MB")
            }
            if buffer.count < stream.size { buffer = [UInt8](repeating: 0, count: stream.size) }
            var bytes = buffer.mutableSpan
            var target = unsafe bytes.mutableBytes
            size = try stream.read(into: &target)
        } catch {
            throw HARDataError(error)
        }
        contentHash.append(ContentHash(of: unsafe buffer.span.extracting(0..<size).bytes))
        return size
    }

    private func lengthError(_ file: String, rows: Int, half: HARFolder.Half, expected: Int) -> HARDataError {
        HARDataError(
            file: file, line: min(rows, expected) + 1,
            message: "\(rows) rows, but \(folder.labels(half)) has \(expected); each window has one row in every file: \(restore)"
        )
    }
}

extension HARDataError {
    /// A file of the data set that the system does not let us read.
    init(_ error: FileError) {
        self.init(file: error.path, message: "cannot \(error.operation) the file: \(error.reason); \(restore)")
    }
}

/// What helps against every damaged file.
private let restore = "restore the file, or fetch the data set again with scripts/fetch-data.sh DIR"
