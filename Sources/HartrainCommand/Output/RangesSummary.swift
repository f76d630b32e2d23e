import Models
import Platform
import TimeSeries

/// The ranges of a checkpoint's training windows as `info` shows them.
enum RangesSummary {
    /// A table, a line for each channel; or one line where there are none.
    static func text(_ details: Checkpoint.Details) -> String {
        guard let ranges = details.ranges else {
            return "no ranges of the training windows: windows that are far from them cause no warning\n"
        }
        func words(_ range: ClosedRange<Float>) -> String {
            "\(NumberText.significant(Double(range.lowerBound))) to \(NumberText.significant(Double(range.upperBound)))"
        }
        var table = TextTable(["in training"] + WindowRanges.Statistic.allCases.map(\.rawValue))
        for (channel, name) in details.format.channels.enumerated() {
            table.add([name] + WindowRanges.Statistic.allCases.map { words(ranges[$0][channel]) })
        }
        return table.text
    }
}
