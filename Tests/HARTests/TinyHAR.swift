import Glibc
import Platform
import TimeSeries

@testable import HAR

/// A data set of a few windows in UCI HAR's layout, as text, to be written whole or spoilt.
struct TinyHAR {
    /// Text of each file by its path below the folder.
    var files: [String: String] = [:]

    /// Three windows of volunteers 1 and 3 to train, two of volunteer 2 to test; the value of (row, step, channel) is `value`.
    init() {
        for (half, labels, subjects) in [("train", [5, 1, 6], [1, 1, 3]), ("test", [2, 4], [2, 2])] {
            files["\(half)/y_\(half).txt"] = labels.map { "\($0)\n" }.joined()
            files["\(half)/subject_\(half).txt"] = subjects.map { "\($0)\n" }.joined()
            for channel in 0..<9 {
                files[TinyHAR.signals(half, channel)] = labels.indices.map { row in
                    (0..<128).map { step in "  \(TinyHAR.value(row: row, step: step, channel: channel))" }.joined() + "\n"
                }.joined()
            }
        }
    }

    static func signals(_ half: String, _ channel: Int) -> String {
        "\(half)/Inertial Signals/\(UCIHAR.channels[channel])_\(half).txt"
    }

    /// Exact in Float and short in decimal.
    static func value(row: Int, step: Int, channel: Int) -> Float {
        Float(row * 1000 + step) + Float(channel) / 16
    }

    /// Replaces a text in a file.
    mutating func replace(_ old: String, with new: String, in file: String) {
        let text = files[file, default: ""]
        files[file] = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: new)
    }

    /// Writes all files below a folder.
    func write(to folder: String) throws {
        for (path, text) in files {
            let parts = path.split(separator: "/").dropLast()
            try Files.createFolder(([folder] + parts.map(String.init)).joined(separator: "/"))
            try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(path)")
        }
    }

    /// Writes the files into a temporary folder and reads them.
    func read() throws -> Dataset {
        try withTemporaryFolder { folder in
            try write(to: folder)
            return try HARReader.read(folder)
        }
    }

    /// The error that reading gives, its file below the data set's folder; nil if there is none.
    func readingError() throws -> WindowError? {
        try withTemporaryFolder { folder in
            try write(to: folder)
            do {
                _ = try HARReader.read(folder)
                return nil
            } catch let error as WindowError {
                return WindowError(
                    file: String(error.file.dropFirst(folder.count + 1)), line: error.line, column: error.column,
                    message: error.message)
            }
        }
    }
}
