import Glibc
import Platform
import Testing

/// Texts that the program once printed, kept in the folder Snapshots beside this file.
///
/// Where a text has changed on purpose, `HARTRAIN_UPDATE_SNAPSHOTS=1 swift test ...` writes all of them anew; the change then shows in
/// the diff.
enum Snapshot {
    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Snapshots"
    private static let isUpdating = unsafe getenv("HARTRAIN_UPDATE_SNAPSHOTS") != nil

    /// Compares a text with the one kept.
    static func check(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = "\(folder)/\(name).txt"
        if isUpdating { try Files.writeAtomically(Array(text.utf8), to: path) }
        let kept = String(decoding: try Files.read(path), as: UTF8.self)
        let (lines, keptLines) = (text.split(separator: "\n"), kept.split(separator: "\n"))
        let changed = zip(lines, keptLines).first { $0 != $1 }
        #expect(
            text == kept,
            "\(name).txt: \(changed.map { "'\($0)', kept is '\($1)'" } ?? "\(lines.count) lines, kept are \(keptLines.count)")",
            sourceLocation: sourceLocation)
    }

    /// The text with # in place of every number that has a point, a colon or a comma within: scores and times, which depend on the
    /// machine.
    static func masked(_ text: some StringProtocol) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let parts = word.split { !$0.isNumber && !".:,".contains($0) }
            let isMeasured = parts.contains { part in part.dropLast().contains { !$0.isNumber } }
            return isMeasured ? "#" : String(word)
        }.joined(separator: " ")
    }
}
