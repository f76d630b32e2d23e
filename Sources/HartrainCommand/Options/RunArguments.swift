import CommandSupport
import ArgumentParser
import ObjectStore

/// How a run goes about its work, without any influence on its result.
struct RunArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The run folder, which must not exist. (default: Checkpoints/<model>-1, -2, ...)", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("Resume a run from where it stopped.", valueName: "folder"))
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "Repeat the run described by a run.json: its 'recipe', 'model_description' and 'data'; other options change it.",
            valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Publish the best weights at the end, as 'hartrain upload' does: s3://bucket/prefix.", valueName: "s3-url"),
        transform: ObjectURL.init)
    var upload: ObjectURL?

    @OptionGroup var threading: ThreadArguments

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop after this time, for example 90s, 30m or 2h; the run can be resumed.", valueName: "time"),
        transform: TimeLimit.init)
    var maxTime: TimeLimit?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Minimum time between checkpoints; 0: one after each epoch.", valueName: "seconds"))
    var checkpointEvery = 10.0

    @Option(
        help: ArgumentHelp(
            "Also log the curves for another tool: tensorboard (an event file in the run folder: tensorboard --logdir Checkpoints).",
            valueName: "tool"))
    var log: CurveLog?

    @Flag(help: "Also write report.html into the run folder, as 'hartrain report' does.")
    var report = false

    @Option(help: "Progress on standard error; auto: bar on a terminal, else plain.")
    var progress = ProgressStyle.auto

    @Flag(help: "Print the model's layers and stop.")
    var summary = false

    @Flag(help: "Try everything with two batches: train, evaluate, save, load; nothing is kept.")
    var dryRun = false

    @Flag(help: "Print the result as one JSON object, the content of run.json.")
    var json = false

    @Flag(name: [.long, .short], help: "No header and no progress; warnings stay.")
    var quiet = false

    func validate() throws {
        guard checkpointEvery >= 0, checkpointEvery.isFinite else {
            throw ValidationError("--checkpoint-every must be at least 0 and finite, not \(checkpointEvery)")
        }
        guard !dryRun || resume == nil else { throw ValidationError("--dry-run and --resume exclude each other") }
    }
}
