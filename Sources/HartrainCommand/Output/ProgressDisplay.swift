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
    private var line = LiveLine()
    private var validation: (accuracy: Double, error: Double)?
    private var best: Double?

    /// Seconds between two redraws, and between two plain lines.
    private static let redraw = 0.1
    private static let plainInterval = 10.0
    /// Epochs between two lines that stay, better ones apart.
    private static let keptEpochs = 10

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
        let isKept = metrics.epoch == recipe.epochs || metrics.epoch.isMultiple(of: ProgressDisplay.keptEpochs)
        switch style {
        case .bar:
            if metrics.isBest || isKept { line.keep(LiveLine.fit(parts(metrics), width: width)) }
            // A run's last batch may have come too soon after the one before to be shown.
            if metrics.epoch == recipe.epochs {
                redraw(
                    epoch: metrics.epoch, share: 1, batch: nil, loss: metrics.trainingLoss, accuracy: metrics.trainingAccuracy,
                    windowsPerSecond: metrics.rowsPerSecond)
            }
        case .plain:
            guard metrics.epoch == 1 || isKept || isDue(ProgressDisplay.plainInterval) else { return }
            lastShown = Stopwatch()
            Terminal.write(text(metrics) + "\n", to: .standardError)
        case .auto, .none: break
        }
    }

    /// The columns of a line that stays.
    private var width: Int { max(20, (Terminal.width(.standardError) ?? 100) - 1) }

    /// An ended epoch, as a terminal keeps it: what the line is kept for stays also where there is little room.
    private func parts(_ metrics: EpochMetrics) -> [LiveLine.Part] {
        var parts = [LiveLine.Part(text: "epoch \(metrics.epoch)/\(recipe.epochs)", importance: 9)]
        func append(_ text: String, _ importance: Int) { parts.append(LiveLine.Part(text: text, importance: importance)) }
        append("loss \(NumberText.fixed(metrics.trainingLoss, 4))", 7)
        append("acc \(NumberText.fixed(metrics.trainingAccuracy, 4))", 5)
        if let scores = metrics.validation, let validation {
            append("val \(ProgressDisplay.text(validation))", 8)
            append("val loss \(NumberText.fixed(scores.loss, 4))", 4)
            append("F1 \(NumberText.fixed(scores.macroF1, 4))", 3)
        }
        if metrics.isBest { append("best", 6) }
        return parts
    }

    /// An ended epoch, as a log has it.
    private func text(_ metrics: EpochMetrics) -> String {
        var parts = [
            "epoch \(metrics.epoch)/\(recipe.epochs)",
            "loss \(NumberText.fixed(metrics.trainingLoss, 4)) acc \(NumberText.fixed(metrics.trainingAccuracy, 4))",
        ]
        if let scores = metrics.validation, let validation {
            parts.append(
                "val loss \(NumberText.fixed(scores.loss, 4)) acc \(ProgressDisplay.text(validation)) "
                    + "F1 \(NumberText.fixed(scores.macroF1, 4))")
        }
        parts += [
            "lr \(NumberText.significant(metrics.learningRate))", speed(metrics.rowsPerSecond),
            time(share: Double(metrics.epoch) / Double(recipe.epochs)), "rss \(NumberText.bytes(Machine.peakResidentBytes()))",
        ]
        return parts.joined(separator: "  ")
    }

    private static func text(_ validation: (accuracy: Double, error: Double)) -> String {
        NumberText.fixed(validation.accuracy, 4) + Style.symbol("±", "+-") + NumberText.fixed(validation.error, 4)
    }

    /// Ends the live line, so that what follows begins on its own.
    mutating func finish() { line.end() }

    private func isDue(_ interval: Double) -> Bool { lastShown.map { $0.seconds >= interval } ?? true }

    /// Draws the live line over the one before; on a narrow terminal without what is missed least.
    private mutating func redraw(
        epoch: Int, share: Double, batch: String?, loss: Double, accuracy: Double, windowsPerSecond: Double
    ) {
        lastShown = Stopwatch()
        let parts: [(text: String?, importance: Int)] = [
            ("epoch \(epoch)/\(recipe.epochs)", 9), (ProgressDisplay.bar(share), 3), (batch, 2),
            ("loss \(NumberText.fixed(loss, 4))", 8), ("acc \(NumberText.fixed(accuracy, 4))", 5),
            (validation.map { "val \(NumberText.fixed($0.accuracy, 4))" }, 7),
            (best.map { "best \(NumberText.fixed($0, 4))" }, 4), (speed(windowsPerSecond), 1), (time(share: share), 6),
        ]
        line.draw(
            parts.compactMap { part in part.text.map { LiveLine.Part(text: $0, importance: part.importance) } }, style: colors)
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
        let partial = Style.hasUnicode ? [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] : Array(repeating: " ", count: 8)
        let full = eighths / 8
        return "[" + String(repeating: Style.symbol("█", "#"), count: full) + (full < 10 ? partial[eighths % 8] : "")
            + String(repeating: " ", count: max(0, 9 - full)) + "]"
    }
}
