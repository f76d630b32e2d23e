import Platform
import StrictJSON

/// A file of profiles as the AWS tools read it (`~/.aws/credentials`, `~/.aws/config`): sections of names and values.
///
///     [profile edge]
///     region = eu-west-1
///     s3 =
///       addressing_style = path
///
/// Lines that begin with "#" or ";" are comments. An indented line belongs to the name above it, here "s3.addressing_style".
struct ProfileFile {
    private var sections: [String: [String: String]] = [:]

    /// A file is never longer than people write it, in bytes.
    private static let largestFile = 1 << 20

    /// A file without profiles.
    init() {}

    /// Reads a file.
    /// - Throws: An `ObjectStoreError` that names file and line, without the line's text: it may hold a secret.
    init(reading path: String) throws(ObjectStoreError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, limit: ProfileFile.largestFile)
        } catch {
            throw ObjectStoreError(place: path, reason: "cannot read the profiles: \(error.reason)")
        }
        try self.init(text: String(decoding: bytes, as: UTF8.self), path: path)
    }

    init(text: String, path: String) throws(ObjectStoreError) {
        var section: String?
        var parent = ""
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmed
            if line.isEmpty || line.first == "#" || line.first == ";" { continue }
            func failure(_ problem: String) -> ObjectStoreError {
                ObjectStoreError(place: "\(path), line \(index + 1)", reason: problem)
            }
            if line.first == "[" {
                guard line.last == "]" else { throw failure("a section must end with ']'") }
                section = String(line.dropFirst().dropLast().trimmed)
                parent = ""
                continue
            }
            guard let name = section else { throw failure("stands before the first section, such as [default]") }
            guard let equals = line.firstIndex(of: "=") else { throw failure("must be 'name = value' or a [section]") }
            let key = line[..<equals].trimmed.lowercased()
            let value = line[line.index(after: equals)...].trimmed
            let isNested = raw.first?.isWhitespace == true && !parent.isEmpty
            if !isNested { parent = value.isEmpty ? key : "" }
            sections[name, default: [:]][isNested ? "\(parent).\(key)" : key] = String(value)
        }
    }

    /// The names and values of a section, or nil where there is none.
    subscript(section: String) -> [String: String]? { sections[section] }
}
