import HAR
import ModelFiles
import Training

/// The result of a run as people read it.
enum TrainingReport {
    static func text(_ record: RunRecord, scores: RunRecord.Scores, isSynthetic: Bool) -> String {
        let progress = record.progress
        var text = isSynthetic ? SyntheticHAR.notice + "\n" : ""
        text += "model            \(record.description.name), best of \(NumberText.count(progress.epoch, "epoch")): "
        text += progress.best.map { "epoch \($0.epoch)" } ?? "none was evaluated, the last weights are scored"
        text += stop(record)
        var table = TextTable(["", "accuracy", "loss", "macro F1", "windows"])
        for (name, evaluation) in [
            ("training", scores.training), ("validation", scores.validation), ("test (other volunteers)", scores.test),
        ] {
            table.add([
                name, NumberText.fixed(evaluation.accuracy, 4), NumberText.fixed(evaluation.loss, 4),
                NumberText.fixed(evaluation.macroF1, 4), String(evaluation.rows),
            ])
        }
        text += "\n" + table.text
        text += "\ntraining time    \(NumberText.seconds(progress.trainingSeconds))"
        text += " (evaluation \(NumberText.seconds(progress.evaluationSeconds))"
        text += ", files \(NumberText.seconds(record.progress.inputOutputSeconds)))\n"
        let reached = zip(TrainingProgress.milestones, progress.secondsToAccuracy).map { milestone, seconds in
            "\(milestone.label) \(seconds.map(NumberText.seconds) ?? "not reached")"
        }
        text += "time to accuracy \(reached.joined(separator: ", ")) (validation)\n"
        text += "\ntest windows, class by class\n" + ScoreReport.classes(scores.test, names: record.classNames)
        text += "\n" + ScoreReport.confusion(scores.test, names: record.classNames)
        return text
    }

    private static func stop(_ record: RunRecord) -> String {
        switch record.stopReason {
        case .patience:
            "\nstopped          no better accuracy in \(record.recipe.patience ?? 0) evaluations (--patience)\n"
        case .targetAccuracy: "\nstopped          target accuracy reached (--target-accuracy)\n"
        case .maximumTime: "\nstopped          time is up (--max-time)\n"
        case .finished, .interrupted, .diverged, nil: "\n"
        }
    }
}
