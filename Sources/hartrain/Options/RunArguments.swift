import ArgumentParser
import Platform

/// How a run goes about its work, without any influence on its result.
struct RunArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The run folder, which must not exist. (default: Checkpoints/<model>-1, -2, ...)", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("Take up a run where it stopped.", valueName: "folder"))
    var resume: String?

    @Option(help: ArgumentHelp("Repeat the run of a run.json; other options change it.", valueName: "file"))
    var config: String?

    @Option(
        name: [.long, .short], parsing: .unconditional,
        help: "Threads; the result does not depend on them. (default: the cores of the machine)")
    var threads: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop after this time, for example 90s, 30m or 2h; the run can be resumed.", valueName: "time"),
        transform: TimeLimit.init)
    var maxTime: TimeLimit?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Least time between two savings of the run; 0: after each epoch.", valueName: "seconds"))
    var checkpointEvery = 10.0

    @Option(help: "Progress on standard error; auto: bar on a terminal, else plain.")
    var progress = ProgressStyle.auto

    @Flag(help: "Print the model's layers and stop.")
    var summary = false

    @Flag(help: "Try everything with two batches: train, evaluate, save, load; nothing stays.")
    var dryRun = false

    @Flag(help: "Print the result as one JSON object, the content of run.json.")
    var json = false

    @Flag(name: [.long, .short], help: "No header and no progress.")
    var quiet = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be 1 to 1024, not \(threads)")
        }
        guard checkpointEvery >= 0, checkpointEvery.isFinite else {
            throw ValidationError("--checkpoint-every must be at least 0, not \(checkpointEvery)")
        }
        guard !dryRun || resume == nil else { throw ValidationError("--dry-run and --resume exclude each other") }
    }

    /// The threads to use.
    var threadCount: Int { threads ?? Machine.current().cores }
}
