import ArgumentParser
import Platform
import Training

/// How a run shows its progress, on standard error.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
    /// A live line on a terminal, plain lines elsewhere.
    case auto
    /// One line, redrawn.
    case bar
    /// A line now and then: survives pipes, nohup and logs.
    case plain
    case none
}

/// Shows the progress of a run.
struct ProgressDisplay {
    private let style: ProgressStyle
    private let colors = Style(.standardError)
    private let recipe: Recipe
    private let clock = ContinuousClock()
    private let begin: ContinuousClock.Instant
    private let epochsBefore: Int
    private var lastShown: ContinuousClock.Instant?
    private var isLineOpen = false
    private var lineLength = 0
    private var validation: (accuracy: Double, error: Double)?
    private var best: Double?

    /// Time between two redraws, and between two plain lines.
    private static let redraw = Duration.milliseconds(100)
    private static let plainInterval = Duration.seconds(10)

    init(_ style: ProgressStyle, recipe: Recipe, epochsBefore: Int) {
        self.style =
            switch style {
            case .auto: Terminal.isTerminal(.standardError) && environment("TERM") != "dumb" ? .bar : .plain
            default: style
            }
        self.recipe = recipe
        self.epochsBefore = epochsBefore
        begin = clock.now
    }

    mutating func show(_ metrics: BatchMetrics) {
        guard style == .bar, isDue(ProgressDisplay.redraw) else { return }
        let share = (Double(metrics.epoch - 1) + Double(metrics.batch) / Double(metrics.batches)) / Double(recipe.epochs)
        var parts = ["epoch \(metrics.epoch)/\(recipe.epochs) \(ProgressDisplay.bar(share))"]
        if metrics.batches > 1 { parts.append("batch \(metrics.batch)/\(metrics.batches)") }
        parts.append("loss \(NumberText.fixed(metrics.loss, 4)) acc \(NumberText.fixed(metrics.accuracy, 4))")
        if let best { parts.append("best val \(NumberText.fixed(best, 4))") }
        parts.append(pace(windowsPerSecond: metrics.rowsPerSecond, share: share))
        redraw(parts.joined(separator: "  "))
    }

    mutating func show(_ metrics: EpochMetrics) {
        if let scores = metrics.validation {
            let accuracy = scores.accuracy
            validation = (accuracy, (accuracy * (1 - accuracy) / Double(max(1, scores.rows))).squareRoot())
            best = max(best ?? 0, accuracy)
        }
        if style == .bar, metrics.epoch == recipe.epochs { redrawLast(metrics) }
        guard style == .plain, metrics.epoch == 1 || metrics.epoch == recipe.epochs || isDue(ProgressDisplay.plainInterval) else {
            return
        }
        lastShown = clock.now
        var parts = [
            "epoch \(metrics.epoch)/\(recipe.epochs)",
            "loss \(NumberText.fixed(metrics.trainingLoss, 4)) acc \(NumberText.fixed(metrics.trainingAccuracy, 4))",
        ]
        if let scores = metrics.validation, let validation {
            parts.append(
                "val loss \(NumberText.fixed(scores.loss, 4)) acc \(NumberText.fixed(validation.accuracy, 4))±"
                    + "\(NumberText.fixed(validation.error, 4)) F1 \(NumberText.fixed(scores.macroF1, 4))")
        }
        parts.append("lr \(NumberText.significant(metrics.learningRate))")
        parts.append(pace(windowsPerSecond: metrics.rowsPerSecond, share: Double(metrics.epoch) / Double(recipe.epochs)))
        parts.append("rss \(NumberText.bytes(Machine.peakResidentBytes()))")
        Terminal.write(parts.joined(separator: "  ") + "\n", to: .standardError)
    }

    /// Ends the live line, so that what follows begins on its own.
    mutating func finish() {
        guard isLineOpen else { return }
        Terminal.write("\n\n", to: .standardError)
        isLineOpen = false
    }

    /// The line that stays: a run's last batch may have come too soon after the one before to be shown.
    private mutating func redrawLast(_ metrics: EpochMetrics) {
        let scores = "loss \(NumberText.fixed(metrics.trainingLoss, 4)) acc \(NumberText.fixed(metrics.trainingAccuracy, 4))"
        let validation = best.map { "  best val \(NumberText.fixed($0, 4))" } ?? ""
        redraw(
            "epoch \(metrics.epoch)/\(recipe.epochs) \(ProgressDisplay.bar(1))  \(scores)\(validation)  "
                + pace(windowsPerSecond: metrics.rowsPerSecond, share: 1))
    }

    private func isDue(_ interval: Duration) -> Bool {
        guard let lastShown else { return true }
        return clock.now - lastShown >= interval
    }

    private mutating func redraw(_ text: String) {
        lastShown = clock.now
        isLineOpen = true
        // A line as wide as the terminal would wrap and stay.
        let width = max(20, (Terminal.width(.standardError) ?? 100) - 1)
        let line = String(text.prefix(width))
        // Spaces over the rest of the line before, so that no escape code is needed.
        let rest = String(repeating: " ", count: max(0, min(lineLength, width) - line.count))
        lineLength = line.count
        Terminal.write("\r" + colors.bold(line) + rest, to: .standardError)
    }

    private func pace(windowsPerSecond: Double, share: Double) -> String {
        let elapsed = (clock.now - begin) / .seconds(1)
        let done = share - Double(epochsBefore) / Double(recipe.epochs)
        let left = done > 0 ? elapsed / done * (1 - share) : 0
        return
            "\(NumberText.grouped(Int(windowsPerSecond))) windows/s  \(NumberText.clock(elapsed)) ETA \(NumberText.clock(left))"
    }

    private static func bar(_ share: Double) -> String {
        let eighths = Int((min(1, max(0, share)) * 80).rounded(.down))
        let partial = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let full = eighths / 8
        return "[" + String(repeating: "█", count: full) + (full < 10 ? partial[eighths % 8] : "")
            + String(repeating: " ", count: max(0, 9 - full)) + "]"
    }
}
