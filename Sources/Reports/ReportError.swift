/// Why a file cannot be shown in a report: the file, the line where that is known, and what to do.
struct ReportError: Error, Equatable, CustomStringConvertible {
    let file: String
    /// Counted from 1.
    let line: Int?
    let reason: String

    init(_ file: String, line: Int? = nil, _ reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    var description: String { "\(file)\(line.map { ", line \($0)" } ?? ""): \(reason)" }
}
