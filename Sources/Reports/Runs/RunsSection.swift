import Charts
import Platform
import Runs
import StrictJSON
import Training

/// Several runs beside each other: their curves and what differs between them.
struct RunsSection {
    let runs: [RunInput]

    /// The section.
    /// - Throws: A `ChartError` for values that no chart shows.
    func section() throws -> ReportSection {
        var section = ReportSection("\(runs.count) runs beside each other")
        section.blocks.append(.table(results))
        let curved = runs.filter { !$0.epochs.isEmpty }
        if curved.count > 1 {
            section.blocks.append(.chart(try curves(curved, "epoch", isWhole: true) { Double($0.number) }))
            if curved.allSatisfy({ $0.record.device?.isEmulated == false && $0.record.isOfOneMachine }) {
                section.blocks.append(.chart(try curves(curved, "training time (s)", isWhole: false, \.seconds)))
            }
        }
        let differences = differences
        section.blocks.append(
            differences.rows.isEmpty
                ? .text("Recipes, models, data and machines are the same.") : .table(differences))
        return section
    }

    private var results: ReportTable {
        ReportTable(
            "Results", header: ["run", "test accuracy", "macro F1", "validation accuracy", "best epoch", "training time"],
            rows: zip(names, runs).map { name, run in
                let (scores, progress) = (run.record.scores, run.record.progress)
                return [
                    name, scores.map { NumberText.fixed($0.test.accuracy, 4) } ?? "-",
                    scores.map { NumberText.fixed($0.test.macroF1, 4) } ?? "-",
                    scores.map { NumberText.fixed($0.validation.accuracy, 4) } ?? "-",
                    progress.bestEpoch.map(String.init) ?? "-", NumberText.seconds(progress.trainingSeconds),
                ]
            })
    }

    /// What tells the runs apart: their folders' names, whole paths where those are alike.
    private var names: [String] {
        let names = runs.map(\.name)
        return Set(names).count == names.count ? names : runs.map(\.place)
    }

    private func curves(
        _ curved: [RunInput], _ axis: String, isWhole: Bool, _ place: (RunInput.Epoch) -> Double
    ) throws -> LineChart {
        let names = zip(names, runs).filter { !$1.epochs.isEmpty }.map(\.0)
        return try LineChart(
            ChartHeading(
                title: "Validation accuracy by \(isWhole ? "epoch" : "training time")",
                description: zip(names, curved).map { name, run in
                    "\(name) ends at \(run.epochs.last?.validationAccuracy.map { NumberText.percent($0) } ?? "no value")"
                }.joined(separator: ", ")),
            x: Axis(axis, isWhole: isWhole), y: Axis("validation accuracy", format: .percent),
            zip(names, curved).enumerated().map { index, named in
                LineSeries(
                    named.0,
                    named.1.epochs.compactMap { epoch in
                        epoch.validationAccuracy.map { LineSeries.Point(x: place(epoch), y: $0) }
                    })
            })
    }

    /// What is not the same in all runs, setting by setting.
    private var differences: ReportTable {
        // Of models that are other ones altogether, the names say more than every layer.
        let hasOneModel = Set(runs.map(\.record.description.name)).count == 1
        let settings = runs.map { run in
            var all = JSONObject()
            let record = run.record
            all.set("model", hasOneModel ? .object(record.description.json) : .string(record.description.name))
            all.set("recipe", .object(record.recipe.json))
            all.set("data", .object(record.data.json))
            all.set("threads", record.threads.map(JSON.integer) ?? .null)
            all.set("device", record.device.map { .object($0.json) } ?? .null)
            return RunsSection.flat(.object(all))
        }
        var keys: [String] = []
        for setting in settings.flatMap({ $0.map(\.key) }) where !keys.contains(setting) { keys.append(setting) }
        let rows = keys.compactMap { key -> [String]? in
            let values = settings.map { $0.first { $0.key == key }?.text ?? "-" }
            return Set(values).count > 1 ? [key] + values : nil
        }
        return ReportTable("What differs", header: ["setting"] + names, rows: rows)
    }

    /// The leaves of a tree with their paths: `recipe.optimizer.name`.
    private static func flat(_ json: JSON, _ path: String = "") -> [(key: String, text: String)] {
        guard let object = json.asObject else {
            return [(path, JSON.excerpt(of: json.asString ?? json.serialized(), limit: 120))]
        }
        return object.members.flatMap { flat($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }
}
