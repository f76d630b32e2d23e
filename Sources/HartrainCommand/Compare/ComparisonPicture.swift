import Charts
import Platform

/// Training times as bars, as an SVG picture: a group for each model, the study's own machines beside ours, on a logarithmic axis of
/// seconds.
struct ComparisonPicture {
    let comparison: RunComparison

    private static let heading = "Training time and validation accuracy"

    /// The picture's text.
    /// - Throws: A `ChartError` that names the run whose time no axis has a place for.
    func svg() throws(ChartError) -> String {
        let groups = comparison.groups.map { BarChart.Group($0.model, bars($0)) }
        let facts = groups.filter { !$0.bars.isEmpty }.map { group in
            "\(group.name): " + group.bars.map { "\($0.label) \($0.note ?? "")" }.joined(separator: "; ")
        }
        let heading = ChartHeading(
            title: ComparisonPicture.heading, subtitle: comparison.notice ?? "",
            description: ([comparison.notice] + facts).compactMap(\.self).joined(separator: ". "))
        // Where all bars are of one kind there is none to tell apart.
        let kinds = groups.flatMap(\.bars).contains { $0.kind == 1 } ? ["these runs", "the study's figures"] : []
        return try BarChart(heading, axis: Axis("seconds", .logarithmic), kinds: kinds, groups).file()
    }

    private func bars(_ group: RunComparison.Group) -> [BarChart.Bar] {
        let own = group.runs.filter(\.hasTime).map { run in
            bar(group.label(run), run.trainingSeconds, accuracy: run.validationAccuracy, kind: 0)
        }
        let study = group.study.map { study in
            [(StudyResult.x86Name, study.x86Seconds), (StudyResult.armName, study.armSeconds)].map {
                bar($0, $1, accuracy: study.accuracy, kind: 1)
            }
        }
        return own + (study ?? [])
    }

    private func bar(_ label: String, _ seconds: Double, accuracy: Double, kind: Int) -> BarChart.Bar {
        let note = "\(ComparisonPicture.text(seconds: seconds)) s, \(NumberText.fixed(accuracy, 3))"
        return BarChart.Bar(label, seconds, kind: kind, note: note)
    }

    /// A time without its unit, the same for all, with three digits or whole: 0.05, 9.4, 113, 6,780.
    private static func text(seconds: Double) -> String {
        seconds >= 100 ? NumberText.grouped(Int(min(seconds, 1e15).rounded())) : NumberText.significant(seconds)
    }
}
