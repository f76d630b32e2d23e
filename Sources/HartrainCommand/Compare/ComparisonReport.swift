import Benchmarking
import Platform
import Runs
import StrictJSON
import Training

/// A comparison as people and programs read it.
struct ComparisonReport {
    let comparison: RunComparison
    /// What predictions take, a file for each machine.
    let benches: [BenchFile]

    /// The study's table with our runs in it, and which model suits which machine, in markdown.
    var markdown: String {
        var table = TextTable(
            ["model", "machine", "training", "ratio", "validation", "test"]
                + TrainingProgress.milestones.map { "to \($0.label)" } + ["accuracy per second"])
        for group in comparison.groups {
            for run in group.runs { table.add([group.model] + cells(run, in: group)) }
            for row in study(group) { table.add([group.model] + row) }
        }
        var text = comparison.notice.map { "\($0)\n\n" } ?? ""
        text += table.markdown
        text +=
            "\nRatio: training time over that of the first x86 machine. Validation is a part of the training volunteers' windows, "
            + "test the other volunteers. The study's accuracies are of a validation split.\n"
        if comparison.groups.contains(where: { $0.runs.contains(where: \.isEmulated) }) {
            text += "Emulated runs show that a program works; their times mean nothing.\n"
        }
        text += sessions + apart
        return text + "\n" + choices
    }

    /// What each machine took of the runs that went over several.
    private var sessions: String {
        comparison.groups.flatMap(\.runs).filter { !$0.record.isOfOneMachine }.map { run in
            "\(run.file) has no time of one machine: \(TrainingReport.sessions(run.record)).\n"
        }.joined()
    }

    /// The study's rows of models whose runs are of other data or recipes.
    private var apart: String {
        comparison.groups.compactMap(\.studyApart).map { study, differences in
            "\nThe study's \(study.model) was trained otherwise, so it stands apart (these runs: \(differences.joined(separator: "; "))): "
                + "\(NumberText.fixed(study.x86Seconds, 0)) s on its laptop, \(NumberText.fixed(study.armSeconds, 0)) s on a Raspberry "
                + "Pi 4 (ratio \(NumberText.fixed(study.ratio, 2))), accuracy \(NumberText.fixed(study.accuracy, 2)).\n"
        }.joined()
    }

    private func cells(_ run: RunResult, in group: RunComparison.Group) -> [String] {
        func seconds(_ value: Double?) -> String { !run.hasTime ? "" : value.map(NumberText.seconds) ?? "not reached" }
        let perSecond = !run.hasTime ? "" : NumberText.significant(run.validationAccuracy / run.trainingSeconds)
        return [
            group.label(run), !run.hasTime ? "" : seconds(run.trainingSeconds),
            group.ratio(run).map { NumberText.fixed($0, 2) } ?? "",
            NumberText.fixed(run.validationAccuracy, 3), NumberText.fixed(run.testAccuracy, 3),
        ] + run.secondsToAccuracy.map(seconds) + [perSecond]
    }

    /// The study's own rows.
    private func study(_ group: RunComparison.Group) -> [[String]] {
        guard let study = group.study else { return [] }
        let rows = [(StudyResult.x86Name, study.x86Seconds, 1), (StudyResult.armName, study.armSeconds, study.ratio)]
        return rows.map { name, seconds, ratio in
            [
                name, "\(NumberText.fixed(seconds, 0)) s", NumberText.fixed(ratio, 2),
                NumberText.fixed(study.accuracy, 2), "",
            ] + TrainingProgress.milestones.map { _ in "" } + [NumberText.significant(study.accuracy / seconds)]
        }
    }

    /// For each machine the models that no other beats in both accuracy and time: that of the training, and that of an answer.
    private var choices: String {
        var text = "## Which model for which machine\n\n"
        let others = comparison.runs.filter { !comparison.isWeighed($0) }
        if !others.isEmpty {
            let words = others.map { run in
                let reason =
                    run.isSynthetic ? "synthetic" : run.isGuess ? "no better than always answering one class" : "other data"
                return "\(run.folder) (\(reason))"
            }.joined(separator: ", ")
            text +=
                "Not weighed, since scores on different windows cannot be ranked, and synthetic ones and guesses say nothing of people: \(words).\n"
        }
        guard others.count < comparison.runs.count else { return text }
        if !others.isEmpty { text += "\n" }
        text +=
            "By accuracy on other volunteers (test) against training time: a model is worth its time where no other is as accurate "
            + "in less.\n\n"
        for machine in comparison.machines { text += line(machine, front(machine), NumberText.seconds) }
        guard !benches.isEmpty else { return text }
        text += "\nBy the same accuracy against the time of one prediction (one window, one thread, median):\n\n"
        for bench in benches {
            let front = latencyFront(bench)
            let machine = bench.rows.first?.cpu ?? ""
            text +=
                front.choices.isEmpty
                ? "- \(machine): emulated, its times mean nothing\n" : line(machine, front, NumberText.duration)
        }
        return text
    }

    private func line(_ machine: String, _ front: ParetoFront, _ time: (Double) -> String) -> String {
        func words(_ choice: ParetoFront.Choice) -> String {
            "\(choice.name) (\(NumberText.fixed(choice.quality, 3)) in \(time(choice.cost)), \(choice.effort))"
        }
        return "- \(machine): \(front.front.map(words).joined(separator: ", "))"
            + front.dominated.map { "; not \(words($0)), which \($1.name) beats" }.joined() + "\n"
    }

    /// The models that were trained on a machine, each by its fastest run there.
    private func front(_ machine: String) -> ParetoFront {
        ParetoFront(
            choices: comparison.groups.compactMap { group in
                group.runs.filter { $0.cpu == machine && $0.hasTime && comparison.isWeighed($0) }.min {
                    $0.trainingSeconds < $1.trainingSeconds
                }.map {
                    choice(group, $0, cost: $0.trainingSeconds)
                }
            })
    }

    /// The models whose predictions were timed on a machine, with the accuracy of the run there, or else of the first one.
    private func latencyFront(_ bench: BenchFile) -> ParetoFront {
        ParetoFront(
            choices: comparison.groups.compactMap { group in
                let runs = group.runs.filter(comparison.isWeighed)
                guard let row = bench.latency(of: group.model), !row.isEmulated,
                    let run = runs.first(where: { $0.cpu == row.cpu }) ?? runs.first
                else { return nil }
                return choice(group, run, cost: row.median)
            })
    }

    private func choice(_ group: RunComparison.Group, _ run: RunResult, cost: Double) -> ParetoFront.Choice {
        ParetoFront.Choice(
            name: group.model, effort: NumberText.count(run.record.progress.epochs, "epoch"), quality: run.testAccuracy,
            cost: cost)
    }

    /// The same as one object.
    var json: JSON {
        [
            "runs": .array(
                comparison.groups.flatMap { group in
                    group.runs.map { run in
                        var milestones = JSONObject()
                        for (milestone, seconds) in zip(TrainingProgress.milestones, run.secondsToAccuracy) {
                            milestones.set(milestone.label, seconds.map(JSON.number) ?? .null)
                        }
                        return [
                            "file": .string(run.file), "model": .string(group.model), "cpu": .string(run.cpu),
                            "architecture": .string(run.architecture), "threads": .integer(run.threads),
                            "emulated": .bool(run.isEmulated), "data": .string(run.record.data.source),
                            "synthetic": .bool(run.isSynthetic), "sessions": .array(run.record.sessions.map(\.json)),
                            "training_seconds": .number(run.trainingSeconds),
                            "ratio": group.ratio(run).map(JSON.number) ?? .null,
                            "accuracy": ["validation": .number(run.validationAccuracy), "test": .number(run.testAccuracy)],
                            "seconds_to_accuracy": .object(milestones),
                        ]
                    }
                }),
            "study": .array(
                comparison.groups.compactMap { group in
                    (group.study ?? group.studyApart?.study).map { ($0, group.studyApart?.differences ?? []) }
                }.map { study, differences in
                    [
                        "differences": .array(differences.map(JSON.string)),
                        "model": .string(study.model), "x86_seconds": .number(study.x86Seconds),
                        "arm_seconds": .number(study.armSeconds), "ratio": .number(study.ratio),
                        "accuracy": .number(study.accuracy),
                    ]
                }),
            "pareto": .array(
                comparison.machines.map { machine in
                    ["cpu": .string(machine), "models": .array(front(machine).front.map { .string($0.name) })]
                }),
            "pareto_latency": .array(
                benches.map { bench in
                    let front = latencyFront(bench)
                    var seconds = JSONObject()
                    for choice in front.choices { seconds.set(choice.name, .number(choice.cost)) }
                    return [
                        "cpu": .string(bench.rows.first?.cpu ?? ""),
                        "seconds": .object(seconds),
                        "models": .array(front.front.map { .string($0.name) }),
                    ]
                }),
            "differences": .array(comparison.differences.map(JSON.string)),
        ]
    }
}
