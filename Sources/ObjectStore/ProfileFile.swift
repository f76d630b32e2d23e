import Platform
import StrictJSON

/// A file of profiles as the AWS tools read it (`~/.aws/credentials`, `~/.aws/config`): sections of names and values.
///
///     [profile edge]
///     region = eu-west-1
///     s3 =
///       addressing_style = path
///
/// The forms are those that botocore takes from Python's configparser: "=" or ":" after a name, whatever follows a section's "]", lines that
/// begin with "#" or ";" as comments, values that go on in lines that are indented deeper than their name, also after blank lines, and a
/// section `[DEFAULT]` whose values every section has. Where a value begins in the line after its name, its lines are names and values
/// themselves, here "s3.addressing_style".
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
            // What people name where no profile is to be read.
            bytes = path == "/dev/null" ? [] : try Files.read(path, limit: ProfileFile.largestFile)
        } catch {
            throw ObjectStoreError(place: path, reason: "cannot read the profiles: \(error.reason)")
        }
        try self.init(text: String(decoding: bytes, as: UTF8.self), path: path)
    }

    init(text: String, path: String) throws(ObjectStoreError) {
        var reader = Reader(path: path)
        // Windows' editors begin a file with a byte order mark.
        for line in ProfileFile.lines(of: text.unicodeScalars.first == "\u{FEFF}" ? text.dropFirst() : text[...]) {
            try reader.take(line)
        }
        sections = try reader.finish()
    }

    /// Lines end in LF, CR LF or CR.
    private static func lines(of text: Substring) -> [Substring] {
        var lines: [Substring] = []
        var rest = text.utf8
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            lines.append(Substring(rest[..<end]))
            let ended = rest[end...]
            rest = ended.dropFirst(ended.starts(with: [0x0D, 0x0A]) ? 2 : 1)
        }
        return lines + [Substring(rest)]
    }

    /// The names and values of a section, or nil where there is none.
    subscript(section: String) -> [String: String]? { sections[section] }

    /// The section of a kind and a name, `[services local]` or `[services "my store"]`, or nil where there is none.
    func section(_ kind: String, _ name: String) -> [String: String]? {
        sections.first { section, _ in ShellWords.split(section) == [kind, name] }?.value
    }

    /// Takes a file line by line.
    private struct Reader {
        private let path: String
        private var number = 0
        private var sections: [String: [String: String]] = [:]
        private var section: String?
        /// The name whose value may go on, and the lines of its value with their numbers.
        private var name: String?
        private var value: [(number: Int, text: Substring)] = []
        /// How far the line of that name is indented.
        private var indentation = 0

        /// The section whose values all others have.
        private static let common = "DEFAULT"

        init(path: String) {
            self.path = path
        }

        /// Without the line's text: it may hold a secret.
        private func failure(_ problem: String, line: Int) -> ObjectStoreError {
            ObjectStoreError(place: "\(path), line \(line)", reason: problem)
        }

        mutating func take(_ line: Substring) throws(ObjectStoreError) {
            number += 1
            let text = line.trimmed
            let scalars = text.unicodeScalars
            guard let first = scalars.first, first != "#", first != ";" else { return }
            let indentation = line.unicodeScalars.prefix { $0 == " " || $0 == "\t" }.count
            if name != nil, indentation > self.indentation {
                value.append((number, text))
                return
            }
            try endValue()
            self.indentation = indentation
            if first == "[" {
                guard let end = scalars.lastIndex(of: "]") else { throw failure("a section must end with ']'", line: number) }
                let name = String(Substring(scalars[..<end].dropFirst()).trimmed)
                section = name
                sections[name] = sections[name] ?? [:]
                return
            }
            guard section != nil else { throw failure("stands before the first section, such as [default]", line: number) }
            guard let delimiter = scalars.firstIndex(where: { $0 == "=" || $0 == ":" }), delimiter > scalars.startIndex else {
                throw failure("must be 'name = value' or a [section]", line: number)
            }
            name = Substring(scalars[..<delimiter]).trimmed.lowercased()
            value = [(number, Substring(scalars[delimiter...].dropFirst()).trimmed)]
        }

        private mutating func endValue() throws(ObjectStoreError) {
            guard let section, let name else { return }
            self.name = nil
            sections[section, default: [:]][name] = value.map { String($0.text) }.joined(separator: "\n")
            guard value.count > 1, value[0].text.isEmpty else { return }
            sections[section, default: [:]][name] = ""
            for (number, text) in value.dropFirst() {
                let scalars = text.unicodeScalars
                guard let equals = scalars.firstIndex(of: "=") else { throw failure("must be 'name = value'", line: number) }
                let key = Substring(scalars[..<equals]).trimmed
                sections[section, default: [:]]["\(name).\(key)"] = String(Substring(scalars[equals...].dropFirst()).trimmed)
            }
        }

        mutating func finish() throws(ObjectStoreError) -> [String: [String: String]] {
            try endValue()
            guard let common = sections.removeValue(forKey: Reader.common) else { return sections }
            return sections.mapValues { $0.merging(common) { own, _ in own } }
        }
    }
}
