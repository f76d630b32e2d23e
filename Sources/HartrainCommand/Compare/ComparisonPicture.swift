import Glibc
import Models
import Platform

/// Training times as bars, as an SVG picture: a group for each model, the study's own machines beside ours, on a logarithmic scale.
struct ComparisonPicture {
    let comparison: RunComparison

    private struct Bar {
        let label: String
        let seconds: Double
        let isStudy: Bool
        let accuracy: Double
    }

    private static let width = 1000.0
    private static let labelWidth = 430.0
    private static let barHeight = 22.0
    private static let step = 30.0
    private static let headHeight = 44.0

    private func bars(_ group: RunComparison.Group) -> [Bar] {
        let own = group.runs.filter(\.hasTime).map {
            Bar(
                label: $0.place, seconds: $0.trainingSeconds, isStudy: false,
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
        let all = groups.flatMap(\.1).map(\.seconds)
        // From the power of ten below the shortest bar to that above the longest.
        var (least, most) = (1.0, 10.0)
        while let shortest = all.min(), least > shortest { least /= 10 }
        while let longest = all.max(), most < longest { most *= 10 }
        let notice = comparison.notice.map { "; \($0)" } ?? ""
        let decades = log10(most / least)
        let plot = ComparisonPicture.width - ComparisonPicture.labelWidth - 150
        func x(_ seconds: Double) -> Double {
            ComparisonPicture.labelWidth + plot * log10(seconds / least) / decades
        }
        var (body, y) = ("", ComparisonPicture.headHeight)
        for (model, bars) in groups {
            body += text(16, y + 4, ComparisonPicture.escaped(model), "font-weight=\"bold\"")
            y += 16
            for bar in bars {
                let end = x(bar.seconds)
                body += text(
                    ComparisonPicture.labelWidth - 8, y + 16, ComparisonPicture.escaped(bar.label), "text-anchor=\"end\"")
                body +=
                    "<rect x=\"\(number(ComparisonPicture.labelWidth))\" y=\"\(number(y))\" "
                    + "width=\"\(number(max(1, end - ComparisonPicture.labelWidth)))\" height=\"\(number(ComparisonPicture.barHeight))\" "
                    + "fill=\"\(bar.isStudy ? "#9aa5b1" : "#1f6feb")\"/>\n"
                let note = "\(NumberText.seconds(bar.seconds)), \(NumberText.fixed(bar.accuracy, 3))"
                body += text(end + 6, y + 16, note, "")
                y += ComparisonPicture.step
            }
            y += 18
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(number(ComparisonPicture.width))" height="\(number(y))" \
            font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="white"/>
            \(text(16, 22, "Training time (logarithmic scale) and validation accuracy; grey: the study's figures\(notice)", "font-size=\"15\""))\(body)</svg>

            """
    }

    private func number(_ value: Double) -> String { NumberText.fixed(value, 1) }

    private func text(_ x: Double, _ y: Double, _ words: String, _ attributes: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" \(attributes)>\(words)</text>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
