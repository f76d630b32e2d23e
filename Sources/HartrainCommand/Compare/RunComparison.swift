import HAR
import Runs
import StrictJSON

/// Runs of the same models on several machines, side by side.
struct RunComparison {
    /// The runs of one model, in the order in which they were given.
    struct Group {
        let model: String
        let runs: [RunResult]

        /// The run that the times of the others are divided by: the first on x86-64, else the first; nil where none has a time.
        var reference: RunResult? {
            let real = runs.filter(\.hasTime)
            return real.first { $0.architecture == "x86_64" } ?? real.first
        }

        /// A run's training time over that of the reference; nil where either has none.
        func ratio(_ run: RunResult) -> Double? {
            guard let reference, run.hasTime else { return nil }
            return run.trainingSeconds / reference.trainingSeconds
        }

        /// The machine of a run, with its folder where another run of this model was on the same one, and whether its windows are real.
        func label(_ run: RunResult) -> String {
            let isAlone = !runs.contains { $0.place == run.place && $0.file != run.file }
            return run.place + (isAlone ? "" : " (\(run.folder))") + (run.isSynthetic ? " (synthetic)" : "")
        }

        /// What the study reports of this model, where the runs are of its data and recipe.
        var study: StudyResult? { studyApart == nil ? reported : nil }

        /// What the study reports of this model where a run is not of its data and recipe, and in what it differs.
        var studyApart: (study: StudyResult, differences: [String])? {
            guard let reported else { return nil }
            let differences = runs.lazy.map { reported.differences(from: $0) }.first { !$0.isEmpty }
            return differences.map { (reported, $0) }
        }

        private var reported: StudyResult? { StudyResult.all.first { $0.model == model } }
    }

    let groups: [Group]

    init(_ runs: [RunResult]) {
        var names: [String] = []
        for run in runs where !names.contains(run.record.description.name) {
            names.append(run.record.description.name)
        }
        groups = names.map { name in Group(model: name, runs: runs.filter { $0.record.description.name == name }) }
    }

    /// What differs between runs that should be the same but for their machines: one text for each run and thing.
    var differences: [String] {
        let first = groups.first?.runs.first
        return groups.flatMap { group in
            group.runs.flatMap { run in
                var texts: [String] = []
                func compare(_ name: String, _ value: JSON, _ expected: JSON, with other: RunResult) {
                    guard value != expected else { return }
                    let objects = (value.asObject, expected.asObject)
                    guard let members = objects.0, let others = objects.1 else {
                        texts.append(
                            "\(run.file): \(name) is \(JSON.excerpt(of: value.serialized())), "
                                + "\(JSON.excerpt(of: expected.serialized())) in \(other.file)")
                        return
                    }
                    for key in members.keys where value[key] != expected[key] {
                        compare("\(name).\(key)", members[key] ?? .null, others[key] ?? .null, with: other)
                    }
                }
                let own = run.record
                // All runs are of the same data; those of one model of the same layers and recipe, too.
                if let first {
                    compare("data", RunComparison.data(own), RunComparison.data(first.record), with: first)
                }
                if let other = group.runs.first {
                    compare(
                        "model", .object(own.description.json), .object(other.record.description.json), with: other)
                    compare("recipe", .object(own.recipe.json), .object(other.record.recipe.json), with: other)
                }
                return texts
            }
        }
    }

    private static func data(_ record: RunRecord) -> JSON {
        var object: JSONObject = ["source": .string(record.data.source), "hash": .string(record.data.hash)]
        for member in record.data.division.json.members { object.set(member.key, member.value) }
        object.set("classes", .array(record.classNames.map(JSON.string)))
        return .object(object)
    }

    /// All runs, model by model.
    var runs: [RunResult] { groups.flatMap(\.runs) }

    /// What every output has to say of runs on windows that nobody recorded, and which these are where others are not; nil where there
    /// are none.
    var notice: String? {
        let synthetic = runs.filter(\.isSynthetic)
        guard !synthetic.isEmpty else { return nil }
        guard synthetic.count < runs.count else { return SyntheticHAR.notice }
        return "\(SyntheticHAR.notice): \(synthetic.map(\.folder).joined(separator: ", "))"
    }

    /// Whether a run's accuracy says which model is worth its time: only recordings of people do, and only scores on the same ones can be
    /// ranked, those that the first such run is of, and only of models that have learnt anything.
    func isWeighed(_ run: RunResult) -> Bool {
        !run.isSynthetic && !run.isGuess && run.record.data.hash == runs.first { !$0.isSynthetic }?.record.data.hash
    }

    /// The machines on which models can be weighed, in the order in which they appear.
    var machines: [String] {
        var names: [String] = []
        for run in runs where run.hasTime && isWeighed(run) && !names.contains(run.cpu) { names.append(run.cpu) }
        return names
    }
}
