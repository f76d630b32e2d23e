import Glibc
import Models
import Platform

/// Training times as bars, as an SVG picture: a group for each model, the study's own machines beside ours, on a logarithmic axis of
/// seconds.
struct ComparisonPicture {
    let comparison: RunComparison

    private struct Bar {
        let label: String
        let seconds: Double
        let isStudy: Bool
        let accuracy: Double
    }

    /// A logarithmic axis over whole decades.
    private struct Axis {
        /// The powers of ten where it begins and ends.
        let decades: ClosedRange<Int>

        /// An axis on which the shortest bar can be seen, too: a bar of its first tick has no length.
        init(_ seconds: [Double]) {
            let first = Int(log10((seconds.min() ?? 2) / 2).rounded(.down))
            decades = first...max(first + 1, Int(log10(seconds.max() ?? 10).rounded(.up)))
        }

        /// The times that have a line: each power of ten and, where there are few, 2 and 5 times it.
        var ticks: [Double] {
            let steps: [Double] = decades.count > 3 ? [1] : [1, 2, 5]
            let all = decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
            return all.filter { $0 <= pow(10, Double(decades.upperBound)) * 1.001 }
        }

        func x(_ seconds: Double) -> Double {
            let share = (log10(seconds) - Double(decades.lowerBound)) / Double(decades.count - 1)
            return ComparisonPicture.labelWidth + ComparisonPicture.plotWidth * share
        }
    }

    private static let width = 1000.0
    private static let labelWidth = 430.0
    /// Beside it there is room for what stands behind the longest bar.
    private static let plotWidth = 430.0
    /// The most characters of a label that fit beside the bars.
    private static let labelLength = 62
    private static let barHeight = 22.0
    private static let step = 30.0
    private static let headHeight = 60.0

    private func bars(_ group: RunComparison.Group) -> [Bar] {
        let own = group.runs.filter(\.hasTime).map {
            Bar(
                label: group.label($0), seconds: $0.trainingSeconds, isStudy: false,
                accuracy: $0.validationAccuracy)
        }
        let study = group.study.map { study in
            [(StudyResult.x86Name, study.x86Seconds), (StudyResult.armName, study.armSeconds)].map {
                Bar(label: $0, seconds: $1, isStudy: true, accuracy: study.accuracy)
            }
        }
        return own + (study ?? [])
    }

    /// The picture's text.
    var svg: String {
        let groups = comparison.groups.map { ($0.model, bars($0)) }
        let axis = Axis(groups.flatMap(\.1).map(\.seconds))
        var (body, y) = ("", ComparisonPicture.headHeight)
        for (model, bars) in groups {
            body += text(16, y + 4, ComparisonPicture.escaped(model), "font-weight=\"bold\"")
            y += 16
            for bar in bars {
                body += text(
                    ComparisonPicture.labelWidth - 8, y + 16, ComparisonPicture.escaped(ComparisonPicture.shortened(bar.label)),
                    "text-anchor=\"end\"")
                body +=
                    "<rect x=\"\(number(ComparisonPicture.labelWidth))\" y=\"\(number(y))\" "
                    + "width=\"\(number(max(1, axis.x(bar.seconds) - ComparisonPicture.labelWidth)))\" "
                    + "height=\"\(number(ComparisonPicture.barHeight))\" fill=\"\(bar.isStudy ? "#9aa5b1" : "#1f6feb")\"/>\n"
                let note = "\(ComparisonPicture.text(seconds: bar.seconds)) s, \(NumberText.fixed(bar.accuracy, 3))"
                body += text(axis.x(bar.seconds) + 6, y + 16, note, "")
                y += ComparisonPicture.step
            }
            y += 18
        }
        let notice = comparison.notice.map { text(16, 42, ComparisonPicture.escaped($0), "") } ?? ""
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(number(ComparisonPicture.width))" height="\(number(y + 40))" \
            font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="white"/>
            \(text(16, 22, "Training time and validation accuracy; grey: the study's figures", "font-size=\"15\""))\(notice)\
            \(lines(axis, to: y))\(body)</svg>

            """
    }

    /// The axis below the bars: a line up from each tick, its time, and what the numbers are.
    private func lines(_ axis: Axis, to bottom: Double) -> String {
        var lines = ""
        for tick in axis.ticks {
            let x = number(axis.x(tick))
            lines +=
                "<line x1=\"\(x)\" y1=\"\(number(ComparisonPicture.headHeight))\" x2=\"\(x)\" y2=\"\(number(bottom))\" "
                + "stroke=\"#d0d7de\"/>\n"
            lines += text(
                axis.x(tick), bottom + 16, ComparisonPicture.text(seconds: tick), "text-anchor=\"middle\" font-size=\"12\"")
        }
        let middle = ComparisonPicture.labelWidth + ComparisonPicture.plotWidth / 2
        return lines + text(middle, bottom + 34, "seconds, on a logarithmic scale", "text-anchor=\"middle\" font-size=\"12\"")
    }

    /// A time without its unit, the same for all, with three digits or whole: 0.05, 9.4, 113, 6,780.
    private static func text(seconds: Double) -> String {
        seconds >= 100 ? NumberText.grouped(Int(min(seconds, 1e15).rounded())) : NumberText.significant(seconds)
    }

    /// A label that fits: its end says which run it is.
    private static func shortened(_ label: String) -> String {
        label.count <= labelLength ? label : "..." + label.suffix(labelLength - 3)
    }

    private func number(_ value: Double) -> String { NumberText.fixed(value, 1) }

    private func text(_ x: Double, _ y: Double, _ words: String, _ attributes: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" \(attributes)>\(words)</text>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
