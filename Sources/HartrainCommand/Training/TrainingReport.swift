import HAR
import Platform
import Runs
import Training

/// The result of a run as people read it, on the terminal and in report.md.
enum TrainingReport {
    /// For the terminal.
    static func text(_ record: RunRecord, scores: RunRecord.Scores, notice: String?) -> String {
        var text = notice.map { $0 + "\n" } ?? ""
        text += "model            \(title(record))\n"
        text += stop(record).map { "stopped          \($0)\n" } ?? ""
        text += "\n" + table(scores).text
        text += "\ntraining time    \(times(record))\ntime to accuracy \(milestones(record))\n"
        text += "\ntest windows, class by class\n" + ScoreReport.classes(scores.test, names: record.classNames).text
        text += "\n" + ScoreReport.confusion(scores.test, names: record.classNames).text
        return text
    }

    /// In markdown.
    static func markdown(_ record: RunRecord, scores: RunRecord.Scores, notice: String?) -> String {
        var text = "# \(title(record))\n\n"
        if let notice { text += "\(notice)\n\n" }
        text += table(scores).markdown + "\n"
        text += stop(record).map { "- stopped: \($0)\n" } ?? ""
        text += "- training time: \(times(record))\n- time to accuracy: \(milestones(record))\n"
        text += record.isOfOneMachine ? "- machine: \(machine(record))\n" : "- machines: \(sessions(record))\n"
        text += "- command: `\(record.arguments.joined(separator: " "))`\n"
        text += "\n## Test windows, class by class\n\n"
        text += ScoreReport.classes(scores.test, names: record.classNames).markdown
        text += "\n" + ScoreReport.confusion(scores.test, names: record.classNames).markdown
        return text
    }

    /// What each session of a run took, and where.
    static func sessions(_ record: RunRecord) -> String {
        record.sessions.map { session in
            "\(NumberText.count(session.epochs, "epoch")) in \(NumberText.seconds(session.trainingSeconds)) on \(session.place)"
        }.joined(separator: "; ")
    }

    private static func machine(_ record: RunRecord) -> String {
        [
            record.device?.cpu, record.threads.map { NumberText.count($0, "thread") },
            record.device?.kernels.map { "\($0) kernels" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    private static func title(_ record: RunRecord) -> String {
        let progress = record.progress
        let best = progress.bestEpoch.map { "epoch \($0)" } ?? "none was evaluated, the last weights are scored"
        return "\(record.description.name), best of \(NumberText.count(progress.epochs, "epoch")): \(best)"
    }

    private static func table(_ scores: RunRecord.Scores) -> TextTable {
        var table = TextTable(["", "accuracy", "loss", "macro F1", "windows"])
        for (name, evaluation) in [
            ("training", scores.training), ("validation", scores.validation),
            ("test (other volunteers)", RunRecord.Scores.Summary(scores.test)),
        ] {
            table.add([
                name, NumberText.fixed(evaluation.accuracy, 4), NumberText.fixed(evaluation.loss, 4),
                NumberText.fixed(evaluation.macroF1, 4), String(evaluation.windows),
            ])
        }
        return table
    }

    private static func times(_ record: RunRecord) -> String {
        let progress = record.progress
        return "\(NumberText.seconds(progress.trainingSeconds)) (evaluation \(NumberText.seconds(progress.evaluationSeconds))"
            + ", files \(NumberText.seconds(progress.inputOutputSeconds)))"
    }

    private static func milestones(_ record: RunRecord) -> String {
        let reached = zip(TrainingProgress.milestones, record.progress.secondsToAccuracy).map { milestone, seconds in
            "\(milestone.label) \(seconds.map(NumberText.seconds) ?? "not reached")"
        }
        return "\(reached.joined(separator: ", ")) (validation)"
    }

    /// Why the run ended before its last epoch, if it did.
    private static func stop(_ record: RunRecord) -> String? {
        switch record.end {
        case .patience: "no better accuracy in \(NumberText.count(record.recipe.patience ?? 0, "evaluation")) (--patience)"
        case .targetAccuracy: "target accuracy reached (--target-accuracy)"
        case .maximumTime: "time is up (--max-time)"
        case .finished, .interrupted, .diverged, nil: nil
        }
    }
}
