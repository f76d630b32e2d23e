import Platform
import StrictJSON
import TimeSeries

/// Reads `activity_labels.txt`: a line for each class, its label from 1 and its name.
enum ActivityLabels {
    /// The most bytes of the file.
    private static let largestFile = 1 << 20

    /// Reads the names of the classes in the order of their labels.
    /// - Throws: A `WindowError` that names the line where the labels are not 1 to their number, each once, or a name is no name.
    static func read(_ file: String) throws(WindowError) -> [String] {
        var bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(file, limit: largestFile)
        } catch {
            throw WindowError(file: file, message: "cannot \(error.operation) the file: \(error.reason)")
        }
        // Windows' programs begin a text with a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var names: [Int: String] = [:]
        var lines = 0
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard !words.isEmpty else { continue }
            lines += 1
            func failure(_ message: String) -> WindowError { WindowError(file: file, line: index + 1, message: message) }
            let label = String(decoding: words[0], as: UTF8.self)
            guard words.count == 2, let number = Int(label), let name = String(validating: words[1], as: UTF8.self),
                JSON.isVisible(name)
            else { throw failure("expected a label and a name without blanks, as in \"1 WALKING\"") }
            guard names[number] == nil else { throw failure("the label \(number) has a name already") }
            guard !names.values.contains(name) else { throw failure("two labels have the name '\(JSON.excerpt(of: name))'") }
            names[number] = name
        }
        guard lines > 0 else { throw WindowError(file: file, message: "no class has a name in it") }
        var ordered: [String] = []
        for label in 1...lines {
            guard let name = names[label] else {
                throw WindowError(
                    file: file, message: "no class has the label \(label): labels are 1 to \(lines), one for each line")
            }
            ordered.append(name)
        }
        return ordered
    }
}
