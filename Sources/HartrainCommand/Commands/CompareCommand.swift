import Benchmarking
import CommandSupport
import ArgumentParser
import Platform
import Runs

/// Compares runs of the same models on several machines, beside the study's figures.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare training time and accuracy between machines, beside the study's figures.",
        discussion: """
            Takes finished runs of the same models, recipes and data, trained on several
            machines, and prints the study's table with them: training times and their
            ratios, accuracies, time to 0.90, 0.95 and 0.99. Then it says which models
            are worth their training time on which machine, and with what 'hartrain
            bench --save' has written, their time to answer. A run on an emulated
            processor is marked and has no times.

            EXAMPLES
              hartrain compare x86/cnn pi/cnn x86/lstm pi/lstm
              hartrain compare laptop/run.json pi/run.json --picture times.svg
              hartrain compare x86/cnn x86/lstm --bench x86.json
            """)

    @Flag(help: "Print one JSON object.")
    var json = false
    @Option(help: ArgumentHelp("Also draw the training times, as an SVG file.", valueName: "file.svg"))
    var picture: String?
    @Option(
        help: ArgumentHelp(
            "Also weigh accuracy against the time of a prediction, as 'bench --save' wrote it; once for each machine.",
            valueName: "file.json"))
    var bench: [String] = []
    @Flag(
        name: .customLong("allow-differences"),
        help: "Compare although data, model or recipe differ; what differs is said on standard error.")
    var allowsDifferences = false
    @Argument(help: ArgumentHelp("Run folders, or their run.json.", valueName: "run"))
    var runs: [String]

    func run() throws {
        var results: [RunResult] = []
        for run in runs { results.append(try RunResult(reading: run)) }
        let comparison = RunComparison(results)
        let benches = try bench.map { try BenchFile(reading: $0) }
        for bench in benches where !comparison.groups.contains(where: { bench.latency(of: $0.model) != nil }) {
            throw CommandError(
                "\(bench.path) has no prediction of one window on one thread by a model of these runs: write it with "
                    + "'hartrain bench --model \(comparison.groups.map(\.model).joined(separator: ",")) --batch 1 --threads 1 --save'"
            )
        }
        let differences = comparison.differences
        if !differences.isEmpty {
            guard allowsDifferences else {
                throw CommandError(
                    "the runs are not of the same data, models and recipes: \(differences.prefix(4).joined(separator: "; "))"
                        + (differences.count > 4 ? "; and \(differences.count - 4) more" : "")
                        + " (--allow-differences compares them all the same)")
            }
            for difference in differences { Terminal.write("note: \(difference)\n", to: .standardError) }
        }
        if let picture {
            try Files.writeAtomically(Array(ComparisonPicture(comparison: comparison).svg().utf8), to: picture)
        }
        let report = ComparisonReport(comparison: comparison, benches: benches)
        try printResult(json ? report.json.serialized(pretty: true) + "\n" : report.markdown)
    }
}
