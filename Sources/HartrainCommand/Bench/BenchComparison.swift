import Benchmarking
import CommandSupport
import Platform

/// Rows beside those of an earlier file.
struct BenchComparison {
    let rows: [BenchRow]
    let baseline: BenchFile

    /// - Throws: A `CommandError` where no ratio would mean anything.
    init(_ rows: [BenchRow], _ baseline: BenchFile) throws(CommandError) {
        guard !baseline.rows.contains(where: \.isEmulated), !rows.contains(where: \.conditions.machine.isEmulated) else {
            throw CommandError(
                "\(baseline.path): times of an emulated processor mean nothing and are not compared: leave out --baseline")
        }
        guard rows.contains(where: { baseline.row($0.key) != nil }) else {
            throw CommandError(
                "\(baseline.path) has none of the rows that were measured: give --model, --batch and --threads as it has them")
        }
        self.rows = rows
        self.baseline = baseline
    }

    /// The row's median over that of the baseline; nil where that has no such row.
    func ratio(_ row: BenchRow) -> Double? { baseline.row(row.key).map { row.median / $0.median } }

    /// Whether a row's time was computed here and measured in the baseline, or the other way round: the two may differ by as much as
    /// a computation is wrong.
    func isMixed(_ row: BenchRow) -> Bool { baseline.row(row.key).map { $0.computed != row.computed } ?? false }

    /// What to say before the ratios are read: "the baseline is of another CPU".
    var notes: [String] {
        var notes: [String] = []
        let cpu = rows.first?.conditions.machine.cpu ?? ""
        if let other = baseline.rows.first(where: { $0.cpu != cpu }) {
            notes.append("\(baseline.path) was measured on another CPU: \(other.cpu)")
        }
        let mixed = rows.filter(isMixed)
        if let first = mixed.first {
            notes.append(
                "\(NumberText.count(mixed.count, "row")) computed here or in \(baseline.path) and timed in the other, and not held to "
                    + "--fail-above, such as \(first.key.text)")
        }
        let known = Set(rows.map(\.key))
        let missing = baseline.rows.filter { !known.contains($0.key) }
        if let first = missing.first {
            notes.append(
                "\(NumberText.count(missing.count, "row")) of \(baseline.path) not measured, such as \(first.key.text)")
        }
        return notes
    }

    /// The rows whose median is more than `share` above the baseline's, in words; none that was computed in one and timed in the other.
    func regressions(above share: Double) -> [String] {
        rows.compactMap { row in
            guard let ratio = ratio(row), let old = baseline.row(row.key), ratio > 1 + share, !isMixed(row) else { return nil }
            return "\(row.key.text): median \(NumberText.duration(row.median)), \(NumberText.percent(ratio - 1)) above "
                + "the baseline's \(NumberText.duration(old.median))"
        }
    }
}
