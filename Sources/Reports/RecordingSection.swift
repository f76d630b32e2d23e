import Charts
import Models
import Platform
import TimeSeries

/// A recording: its channels over time, and beneath them what a model takes each window for.
public struct RecordingSection {
    /// The recording's name.
    let name: String
    let format: WindowFormat
    /// The readings of window after window, [windows, steps, channels].
    let windows: [Float]
    let predictions: [Prediction]
    /// What a person should know of windows that the model was not made for.
    let warning: String?

    /// A recording that has been cut into windows one behind the other, with an answer to each.
    public init(name: String, format: WindowFormat, windows: [Float], predictions: [Prediction], warning: String?) {
        self.name = name
        self.format = format
        self.windows = windows
        self.predictions = predictions
        self.warning = warning
    }

    /// The section.
    /// - Throws: A `ChartError` for values that no chart shows.
    public func section() throws -> ReportSection {
        let counts = format.classes.indices.map { label in predictions.count { $0.label == label } }
        let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        let summary =
            "\(NumberText.count(predictions.count, "window")) of \(format.steps) readings, most of them \(format.classes[most]) (\(counts[most]))."
        let interval = format.rate.map { 1 / $0 } ?? 1
        let length = interval * Double(format.steps)
        let channels = format.channels.enumerated().map { index, channel in
            let unit = format.units.isEmpty ? "" : " (\(format.units[index]))"
            return Signals.Channel(
                channel + unit,
                stride(from: index, to: windows.count, by: format.channels.count).map { windows[$0] })
        }
        let answers = predictions.enumerated().map { index, prediction in
            Signals.Answer(
                Double(index) * length...Double(index + 1) * length, prediction.label,
                confidence: Double(min(1, max(0, prediction.confidence))))
        }
        let chart = try Signals(
            ChartHeading(
                title: "\(name): channels and answers",
                description: zip(format.classes, counts).filter { $1 > 0 }.map { "\($0) in \($1) windows" }.joined(
                    separator: ", ")),
            time: format.rate == nil ? "reading" : "time (s)", interval: interval, channels: channels, classes: format.classes,
            answers: answers)
        let warnings = warning.map { [ReportSection.Block.text("Warning: \($0).")] } ?? []
        return ReportSection(name, [.text(summary)] + warnings + [.chart(chart)])
    }
}
