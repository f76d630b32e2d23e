import Charts
import Platform
import Runs
import Training

/// A run: its scores, curves, confusions, confidence, volunteers, time and recipe.
struct RunSection {
    let run: RunInput

    /// The section.
    /// - Throws: A `ChartError` for values that no chart shows.
    func section() throws -> ReportSection {
        var section = ReportSection(run.name, [.text(summary)])
        if let scores = run.record.scores { section.blocks.append(.table(RunSection.scores(scores))) }
        section.blocks += try curves()
        if let test = run.record.scores?.test {
            section.blocks += try confusion(test) + groups(test) + calibration(test)
        }
        section.blocks += [.title("How it was made"), .table(facts)]
        return section
    }

    private var record: RunRecord { run.record }

    private var summary: String {
        let progress = record.progress
        var text = "\(record.description.name), \(NumberText.count(progress.epochs, "epoch"))"
        if let best = progress.bestEpoch { text += ", the best of them \(best)" }
        text += " (\(record.data.source)). "
        if let test = record.scores?.test {
            text +=
                "On \(NumberText.grouped(test.rows)) test windows the best weights are right in \(NumberText.percent(test.accuracy)), macro F1 "
            text += "\(NumberText.fixed(test.macroF1, 4)). "
        } else {
            text += "It has no scores: \(record.end == .diverged ? "it diverged" : "it has not come to its end"). "
        }
        guard progress.trainingSeconds > 0 else { return text }
        let isReal = record.device?.isEmulated == false && record.isOfOneMachine
        return text
            + "Training took \(NumberText.seconds(progress.trainingSeconds))\(isReal ? "" : ", which is the time of no one machine")."
    }

    private static func scores(_ scores: RunRecord.Scores) -> ReportTable {
        ReportTable(
            "Scores of the best weights", header: ["windows", "accuracy", "loss", "macro F1", "number"],
            rows: [
                ("training", scores.training), ("validation", scores.validation), ("test", RunRecord.Scores.Summary(scores.test)),
            ].map { name, part in
                [
                    name, NumberText.fixed(part.accuracy, 4), NumberText.fixed(part.loss, 4), NumberText.fixed(part.macroF1, 4),
                    NumberText.grouped(part.windows),
                ]
            })
    }

    // MARK: Curves

    private func curves() throws -> [ReportSection.Block] {
        guard !run.epochs.isEmpty else {
            return [.text("There are no curves: no metrics.jsonl stands beside the record.")]
        }
        let epochs = run.epochs
        func chart(
            _ title: String, _ axis: Axis, _ training: (RunInput.Epoch) -> Double?, _ validation: (RunInput.Epoch) -> Double?
        ) throws -> LineChart {
            func points(_ value: (RunInput.Epoch) -> Double?) -> [LineSeries.Point] {
                epochs.compactMap { epoch in value(epoch).map { LineSeries.Point(x: Double(epoch.number), y: $0) } }
            }
            let best = record.progress.bestEpoch.flatMap { number in epochs.first { $0.number == number } }
            let mark = best.flatMap { epoch in
                validation(epoch).map {
                    LineSeries.Mark(at: .init(x: Double(epoch.number), y: $0), "best: epoch \(epoch.number)")
                }
            }
            let (trained, validated) = (points(training), points(validation))
            return try LineChart(
                ChartHeading(
                    title: "\(run.name): \(title)",
                    subtitle: "training with dropout, before each step; validation after the epoch",
                    description: RunSection.description(title, trained, validated)),
                x: Axis("epoch", isWhole: true), y: axis,
                [
                    LineSeries("training", trained),
                    LineSeries("validation", validated, stroke: .dashed, marks: [mark].compactMap(\.self)),
                ])
        }
        // Losses fall by powers of ten; where one is 0 there is no logarithm.
        let losses = epochs.flatMap { [$0.trainingLoss, $0.validationLoss] }.compactMap(\.self)
        let spread = (losses.max() ?? 1) / (losses.min() ?? 1)
        let lossAxis = Axis("loss", spread > 20 && spread.isFinite ? .logarithmic : .linear)
        return [
            .chart(try chart("loss", lossAxis, \.trainingLoss, \.validationLoss)),
            .chart(try chart("accuracy", Axis("accuracy", format: .percent), \.trainingAccuracy, \.validationAccuracy)),
        ]
    }

    private static func description(_ title: String, _ training: [LineSeries.Point], _ validation: [LineSeries.Point]) -> String {
        func words(_ name: String, _ points: [LineSeries.Point]) -> String? {
            guard let first = points.first, let last = points.last else { return nil }
            return
                "\(name) from \(NumberText.significant(first.y)) in epoch \(Int(first.x)) to \(NumberText.significant(last.y)) in epoch "
                + "\(Int(last.x))"
        }
        return "\(title) over the epochs: "
            + [words("training", training), words("validation", validation)].compactMap(\.self)
            .joined(separator: ", ")
    }

    // MARK: Scores of the test windows

    private func confusion(_ test: Evaluation) throws -> [ReportSection.Block] {
        let (matrix, names) = (test.confusion, record.classNames)
        let worst = names.indices.flatMap { truth in names.indices.map { (truth, $0) } }.filter { $0 != $1 }
            .max { matrix[truth: $0.0, predicted: $0.1] < matrix[truth: $1.0, predicted: $1.1] }
        let most = worst.map { truth, predicted in
            "\(names[truth]) was taken for \(names[predicted]) most often, \(NumberText.count(matrix[truth: truth, predicted: predicted], "time"))"
        }
        let chart = try HeatMap.confusion(
            ChartHeading(
                title: "\(run.name): what was taken for what", subtitle: "test windows; rows are the true classes",
                description:
                    "\(matrix.correct) of \(matrix.total) test windows stand on the diagonal; \(most ?? "there is one class")"),
            classes: names, counts: matrix.rows)
        let table = ReportTable(
            "Class by class", header: ["class", "precision", "recall", "F1", "windows"],
            rows: names.indices.map { index in
                guard matrix.occurs(index) else { return [names[index], "-", "-", "-", "0"] }
                return [
                    names[index], NumberText.fixed(matrix.precision(index), 3), NumberText.fixed(matrix.recall(index), 3),
                    NumberText.fixed(matrix.f1(index), 3), NumberText.grouped(matrix.support(index)),
                ]
            })
        return [.title("Test windows"), .chart(chart), .table(table)]
    }

    /// More bars than these say less than the few that stand apart.
    private static let mostGroups = 40

    private func groups(_ test: Evaluation) throws -> [ReportSection.Block] {
        let groups = test.groups.groups
        guard groups.count > 1 else { return [] }
        let worst = groups.sorted { ($0.score.accuracy, $0.group) < ($1.score.accuracy, $1.group) }
        let shown = groups.count > RunSection.mostGroups ? Array(worst.prefix(RunSection.mostGroups)) : groups
        let bars = shown.map { group, score in
            BarChart.Bar(
                "group \(group)", score.accuracy,
                note: "\(NumberText.percent(score.accuracy)) of \(NumberText.grouped(score.rows))")
        }
        let (least, most) = (worst[0], worst[worst.count - 1])
        let heading = ChartHeading(
            title: "\(run.name): accuracy by group",
            subtitle: groups.count > shown.count
                ? "the \(shown.count) with the least accuracy, of \(groups.count)" : "volunteers",
            description: "from \(NumberText.percent(least.score.accuracy)) in group \(least.group) to "
                + "\(NumberText.percent(most.score.accuracy)) in group \(most.group)")
        return [
            .chart(
                try BarChart(
                    heading, axis: Axis("accuracy", format: .percent, range: 0...1, includesZero: true), [.init("", bars)]))
        ]
    }

    private func calibration(_ test: Evaluation) throws -> [ReportSection.Block] {
        guard let calibration = test.calibration, calibration.rows > 0 else { return [] }
        let bins = calibration.bins.map {
            ReliabilityDiagram.Bin(confidence: $0.confidence, accuracy: $0.accuracy, count: $0.rows)
        }
        let error = NumberText.percent(calibration.expectedError)
        return [
            .chart(
                try ReliabilityDiagram(
                    ChartHeading(
                        title: "\(run.name): is its confidence deserved?",
                        subtitle: "test windows, in tenths of confidence; expected calibration error \(error)",
                        description: "beneath the diagonal the model is surer than it is right; the mean distance is \(error)"),
                    bins))
        ]
    }

    // MARK: Facts

    private var facts: ReportTable {
        let progress = record.progress
        let milestones = zip(TrainingProgress.milestones, progress.secondsToAccuracy).map { milestone, seconds in
            "\(milestone.label): \(seconds.map(NumberText.seconds) ?? "not reached")"
        }
        let recipe = record.recipe
        let rows: [(String, String?)] = [
            ("command", record.arguments.joined(separator: " ")),
            ("model", record.parameterCount.map { "\(record.description.name), \(NumberText.grouped($0)) parameters" }),
            ("machine", record.sessions.map(\.place).joined(separator: "; ")),
            ("kernels", record.device?.kernels),
            ("training time", NumberText.seconds(progress.trainingSeconds)),
            ("evaluation time", NumberText.seconds(progress.evaluationSeconds)),
            ("time to validation accuracy", milestones.joined(separator: ", ")),
            ("peak memory", record.peakMemoryBytes.map { "\($0 >> 20) MiB" }),
            (
                "recipe",
                "\(NumberText.count(recipe.epochs, "epoch")), batch \(recipe.batch), learning rate "
                    + "\(NumberText.significant(recipe.learningRate)), seed \(recipe.seed)"
            ),
            (
                "data",
                "\(record.data.source); \(NumberText.grouped(record.data.trainingWindows)) training, "
                    + "\(NumberText.grouped(record.data.validationWindows)) validation, \(NumberText.grouped(record.data.testWindows)) test windows"
            ),
        ]
        return ReportTable(
            "Machine and recipe", header: ["what", "value"],
            rows: rows.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : [name, $0] } })
    }
}
