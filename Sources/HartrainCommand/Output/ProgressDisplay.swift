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
    private let watch = Stopwatch()
    /// The share of the run that was done before.
    private let shareBefore: Double
    private var lastShown: Stopwatch?
    private var isLineOpen = false
    private var lineLength = 0
    private var validation: (accuracy: Double, error: Double)?
    private var best: Double?

    /// Seconds between two redraws, and between two plain lines.
    private static let redraw = 0.1
    private static let plainInterval = 10.0

    init(_ style: ProgressStyle, recipe: Recipe, shareBefore: Double) {
        self.style =
            switch style {
            case .auto: Terminal.isTerminal(.standardError) && Environment.value("TERM") != "dumb" ? .bar : .plain
            default: style
            }
        self.recipe = recipe
        self.shareBefore = shareBefore
    }

    mutating func show(_ metrics: BatchMetrics) {
        guard style == .bar, isDue(ProgressDisplay.redraw) else { return }
        let share = (Double(metrics.epoch - 1) + Double(metrics.batch) / Double(metrics.batches)) / Double(recipe.epochs)
        redraw(
            epoch: metrics.epoch, share: share, batch: metrics.batches > 1 ? "batch \(metrics.batch)/\(metrics.batches)" : nil,
            loss: metrics.loss, accuracy: metrics.accuracy, windowsPerSecond: metrics.rowsPerSecond)
    }

    mutating func show(_ metrics: EpochMetrics) {
        if let scores = metrics.validation {
            let accuracy = scores.accuracy
            validation = (accuracy, (accuracy * (1 - accuracy) / Double(max(1, scores.rows))).squareRoot())
            best = max(best ?? 0, accuracy)
        }
        // The line that stays: a run's last batch may have come too soon after the one before to be shown.
        if style == .bar, metrics.epoch == recipe.epochs {
            redraw(
                epoch: metrics.epoch, share: 1, batch: nil, loss: metrics.trainingLoss, accuracy: metrics.trainingAccuracy,
                windowsPerSecond: metrics.rowsPerSecond)
        }
        guard style == .plain, metrics.epoch == 1 || metrics.epoch == recipe.epochs || isDue(ProgressDisplay.plainInterval) else {
            return
        }
        lastShown = Stopwatch()
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
        parts.append(speed(metrics.rowsPerSecond))
        parts.append(time(share: Double(metrics.epoch) / Double(recipe.epochs)))
        parts.append("rss \(NumberText.bytes(Machine.peakResidentBytes()))")
        Terminal.write(parts.joined(separator: "  ") + "\n", to: .standardError)
    }

    /// Ends the live line, so that what follows begins on its own.
    mutating func finish() {
        guard isLineOpen else { return }
        Terminal.write("\n\n", to: .standardError)
        isLineOpen = false
    }

    private func isDue(_ interval: Double) -> Bool { lastShown.map { $0.seconds >= interval } ?? true }

    /// Draws the live line over the one before; on a narrow terminal without what is missed least.
    private mutating func redraw(
        epoch: Int, share: Double, batch: String?, loss: Double, accuracy: Double, windowsPerSecond: Double
    ) {
        lastShown = Stopwatch()
        isLineOpen = true
        // Each part with its turn to go, 0 for never.
        var parts: [(text: String?, turn: Int)] = [
            ("epoch \(epoch)/\(recipe.epochs) \(ProgressDisplay.bar(share))", 0), (batch, 2),
            ("loss \(NumberText.fixed(loss, 4)) acc \(NumberText.fixed(accuracy, 4))", 4),
            (best.map { "best val \(NumberText.fixed($0, 4))" }, 3), (speed(windowsPerSecond), 1), (time(share: share), 0),
        ]
        func text() -> String { parts.compactMap(\.text).joined(separator: "  ") }
        // A line as wide as the terminal would wrap and stay.
        let width = max(20, (Terminal.width(.standardError) ?? 100) - 1)
        for turn in 1...4 where text().count > width { parts.removeAll { $0.turn == turn } }
        let line = String(text().prefix(width))
        // Spaces over the rest of the line before, so that no escape code is needed.
        let rest = String(repeating: " ", count: max(0, min(lineLength, width) - line.count))
        lineLength = line.count
        Terminal.write("\r" + colors.bold(line) + rest, to: .standardError)
    }

    private func speed(_ windowsPerSecond: Double) -> String { "\(NumberText.grouped(Int(windowsPerSecond))) windows/s" }

    /// Time gone and time left.
    private func time(share: Double) -> String {
        let elapsed = watch.seconds
        let done = share - shareBefore
        let left = done > 0 ? elapsed / done * (1 - share) : 0
        return "\(NumberText.clock(elapsed)) ETA \(NumberText.clock(left))"
    }

    private static func bar(_ share: Double) -> String {
        let eighths = Int((min(1, max(0, share)) * 80).rounded(.down))
        let partial = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let full = eighths / 8
        return "[" + String(repeating: "█", count: full) + (full < 10 ? partial[eighths % 8] : "")
            + String(repeating: " ", count: max(0, 9 - full)) + "]"
    }
}
