import Charts
import Glibc
import Platform
import Testing

/// Charts that were looked at, kept as files in the folder Snapshots beside this one.
///
/// Where charts have changed on purpose, `HARTRAIN_UPDATE_SNAPSHOTS=1 swift test ...` writes all of them anew: look at them, on light
/// and on dark paper, before they are committed.
@Suite struct SnapshotTests {
    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Snapshots"
    private static let isUpdating = unsafe getenv("HARTRAIN_UPDATE_SNAPSHOTS") != nil

    @Test(arguments: SampleCharts.all.map(\.name), [ChartWidth.narrow, ChartWidth.wide])
    func chartsAreDrawnAsTheyWere(name: String, width: Double) throws {
        let chart = try #require(SampleCharts.all.first { $0.name == name }).chart
        let path = "\(SnapshotTests.folder)/\(name)-\(Int(width)).svg"
        let text = chart.file(width: width)
        if SnapshotTests.isUpdating { try Files.writeAtomically(Array(text.utf8), to: path) }
        let kept = String(decoding: try Files.read(path), as: UTF8.self)
        let (lines, keptLines) = (text.split(separator: "\n"), kept.split(separator: "\n"))
        let changed = zip(lines, keptLines).first { $0 != $1 }
        #expect(
            text == kept, "\(changed.map { "'\($0)', kept is '\($1)'" } ?? "\(lines.count) lines, kept are \(keptLines.count)")")
    }
}
