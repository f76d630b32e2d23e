import Platform
import Tensors

/// Windows in a file, as `hartrain predict` reads them.
enum WindowFile {
    /// In bytes; a file is held in memory as a whole.
    private static let largestFile = 4 << 30

    /// Reads windows of a .csv or .f32 file, or CSV of standard input for "-".
    /// - Returns: [count, steps, channels] in row-major order.
    /// - Throws: A `FileError`, or a `CommandError` that names file, line and column.
    static func read(_ path: String, window: Shape) throws -> [Float] {
        if path == "-" {
            return try csv(try Files.readStandardInput(limit: largestFile), named: "standard input", window: window)
        }
        if path.hasSuffix(".f32") { return try raw(try Files.read(path, limit: largestFile), named: path, window: window) }
        guard path.hasSuffix(".csv") else {
            throw CommandError("\(path): the name must end in .csv or .f32, or be - for CSV on standard input")
        }
        return try csv(try Files.read(path, limit: largestFile), named: path, window: window)
    }

    private static func raw(_ bytes: [UInt8], named name: String, window: Shape) throws -> [Float] {
        let size = window.count * 4
        guard !bytes.isEmpty, bytes.count.isMultiple(of: size) else {
            throw CommandError(
                "\(name): \(bytes.count) bytes are not a whole number of windows of \(size) bytes (\(window) floats)")
        }
        return try (0..<bytes.count / 4).map { index in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * index + $1]) << (8 * UInt32($1)) }
            let value = Float(bitPattern: bits)
            guard value.isFinite else { throw CommandError("\(name): value \(index + 1) is \(value), not a finite number") }
            return value
        }
    }

    private static func csv(_ bytes: [UInt8], named name: String, window: Shape) throws -> [Float] {
        let (steps, channels) = (window[0], window[1])
        var values: [Float] = []
        // The line being read, and the last that has readings.
        var (number, last) = (0, 0)
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let text = String(decoding: line, as: UTF8.self)
            if text.allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\r" }) { continue }
            let cells = text.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == channels else {
                throw CommandError(
                    "\(name), line \(number): \(cells.count) values, not \(channels) separated by commas (\(steps) lines per window)"
                )
            }
            for (column, cell) in cells.enumerated() {
                let trimmed = cell.drop { $0.isWhitespace }
                let word = trimmed.prefix { !$0.isWhitespace }
                let isPlain = word.allSatisfy { $0.isNumber || "+-.eE".contains($0) }
                guard isPlain, trimmed.dropFirst(word.count).allSatisfy(\.isWhitespace), let value = Float(word), value.isFinite
                else {
                    throw CommandError("\(name), line \(number), column \(column + 1): '\(cell)' is not a finite number")
                }
                values.append(value)
            }
            last = number
        }
        guard !values.isEmpty, values.count.isMultiple(of: window.count) else {
            let (whole, rest) = (values.count / window.count, values.count / channels % steps)
            throw CommandError(
                values.isEmpty
                    ? "\(name): it holds no windows"
                    : "\(name), line \(last): window \(whole + 1) ends after \(rest) readings, not \(steps)")
        }
        return values
    }
}
