import CommandSupport
import Models
import Platform
import Reports
import Runs
import StrictJSON
import TimeSeries
import Training

/// A run as the command line shows it: header, progress, report, and what to type next.
struct TrainingPresentation {
    private let setup: TrainingSetup
    private let source: Dataset.Source
    private let run: Run
    /// Since the command began, which is what --max-time counts.
    private let watch: Stopwatch

    /// Reads the data and sets up the run.
    /// - Parameter trialFolder: The folder of a dry run, which the caller removes.
    init(_ setup: TrainingSetup, trialFolder: String? = nil) throws {
        watch = Stopwatch()
        self.setup = setup
        let (plan, note) = try setup.plan(trialFolder: trialFolder)
        source = plan.data.source
        do {
            run = try Run(plan)
        } catch SplitError.nothingHeldOut(let windows, let fraction) {
            throw CommandError(
                "--validation-fraction \(fraction) of \(windows) training windows holds out none: use a larger share")
        }
        if let last = run.earlierSessions.last, !last.isAlike(run.session) {
            say(
                "note: the run goes on on \(run.session.place); it was on \(last.place). Other kernels change the last bits of the result; "
                    + "run.json keeps the sessions apart\n")
        }
        defer { warn(plan.data.format) }
        guard !setup.options.quiet else { return }
        let place = setup.options.dryRun ? "a trial of one epoch of two batches; nothing is kept" : run.folder.path
        let header = RunHeader.text(
            run.record, model: run.model, memory: run.memoryBytes, source: source, note: note, folder: place)
        say(header + "\n" + ModelSummary.text(run.model) + "\n")
    }

    /// Says what is wrong with the windows, also to those who asked for quiet: it is part of the result.
    private func warn(_ format: WindowFormat) {
        let untaught = run.classesWithoutTraining
        if !untaught.isEmpty {
            say("warning: no training window is of the class \(untaught.joined(separator: ", ")): the model cannot learn it\n")
        }
        for (part, outlier) in run.outliers {
            let effect = part == "training" ? "the model is standardised by it" : "the scores say little"
            say(
                "warning: a reading of \(outlier.value) in channel \(format.channels[outlier.channel]) of window \(outlier.window + 1) of the "
                    + "data's \(part) part is more than all others of the channel together vary: \(effect); mend the file, and train again\n"
            )
        }
    }

    /// Trains and reports.
    /// - Throws: `Divergence`, `Interrupted` after the run was saved, and errors of files.
    func go() throws {
        switch try train() {
        case .interrupted:
            if !setup.options.dryRun {
                say("\ninterrupted in epoch \(run.epoch); the run is saved. Resume it with\n  \(resumeCommand)\n")
            }
            throw Interrupted(signal: Interruption.signal ?? 2)
        case .maximumTime where !setup.options.dryRun:
            note("stopped by --max-time; resume with\n  \(resumeCommand)")
        default: break
        }
    }

    private func train() throws -> RunEnd {
        var display = ProgressDisplay(
            setup.options.quiet ? .none : setup.options.progress, recipe: run.record.recipe, shareBefore: run.share)
        defer { display.finish() }
        do {
            return try run.go { event in
                switch event {
                case .batchEnded(let metrics): display.show(metrics)
                case .epochEnded(let metrics): display.show(metrics)
                case .scored(let record):
                    display.finish()
                    try writeReport(record)
                case .saved(let record):
                    try writePage(record)
                    try show(record)
                case .published(let publication):
                    note("published \(publication.weights); latest: \(publication.latest)")
                }
                if Interruption.requested { return .stop(.interrupted) }
                if let limit = setup.options.maxTime, watch.seconds >= limit.seconds { return .stop(.maximumTime) }
                return .continue
            }
        } catch let error as PublicationError {
            let destination = setup.options.upload.map { " \(quoted("\($0)"))" } ?? ""
            let rest =
                "the run itself is complete, publish it with '\(Program.name) upload \(quoted(run.folder.path))\(destination)'"
            if let signal = Interruption.signal {
                say("interrupted before the weights were published; \(rest)\n")
                throw Interrupted(signal: signal)
            }
            throw CommandError("\(error); \(rest)")
        } catch let divergence as Divergence {
            throw divergence
        } catch let interrupted as Interrupted {
            throw interrupted
        } catch  where !setup.options.dryRun && Files.exists(run.folder.resume) {
            // A full disk, a folder that went away: what was saved before is whole.
            throw CommandError("\(error); the run is kept as it was last saved, go on with '\(resumeCommand)'")
        }
    }

    private func writeReport(_ record: RunRecord) throws {
        guard let scores = record.scores else { return }
        try run.folder.write(report: TrainingReport.markdown(record, scores: scores, notice: source.notice))
    }

    /// Writes the page of pictures, once the record is on the disk.
    private func writePage(_ record: RunRecord) throws {
        guard setup.options.report, record.scores != nil, !setup.options.dryRun else { return }
        var report = Report()
        _ = try report.add(run.folder.path)
        try run.folder.write(page: try report.page(title: nil).html)
    }

    /// Prints the result of a run that is over.
    private func show(_ record: RunRecord) throws {
        if setup.options.json {
            // As the folder has it, also where an older version wrote it.
            try printResult(try JSON.parse(try Files.read(run.folder.record)).serialized() + "\n")
        } else if let scores = record.scores {
            try printResult(TrainingReport.text(record, scores: scores, notice: source.notice))
        }
        if let scores = record.scores, !setup.options.dryRun, scores.validation.accuracy <= run.guess.accuracy {
            say(
                "warning: on the validation windows the best weights are no better than always answering \(run.guess.className) "
                    + "(\(NumberText.fixed(run.guess.accuracy, 4))): train longer, at another learning rate, or look at the data\n"
            )
        }
        if setup.options.dryRun {
            note("dry run passed: trained, evaluated, saved and loaded; nothing was kept")
        } else if run.wasOver {
            note(
                "the run had ended before, this is its result; to go on from there: "
                    + ([resumeCommand] + TrainingPresentation.further(record)).joined(separator: " "))
        } else {
            note("written to \(run.folder.path): \(run.folder.fileNames.joined(separator: ", "))")
        }
    }

    /// The options by which a run that has ended goes on for long, and not to the next reason to stop.
    private static func further(_ record: RunRecord) -> [String] {
        let (recipe, done) = (record.recipe, record.progress.epochs)
        var options = done < recipe.epochs ? [] : ["--epochs \(done + recipe.epochs)"]
        if record.end == .patience, let patience = recipe.patience { options.append("--patience \(2 * patience)") }
        // Reached again in the next epoch, it would end the run there.
        if recipe.targetAccuracy != nil, record.end == .targetAccuracy { options.append("--target-accuracy 1") }
        return options
    }

    /// The command as this program was started, so that it can be pasted.
    private var resumeCommand: String {
        let data = setup.dataPath.map { " --data \(quoted($0))" } ?? ""
        return "\(quoted(CommandLine.arguments.first ?? Program.name)) --resume \(quoted(run.folder.path))\(data)"
    }

    /// A word as a shell reads it: plain where that is safe. A shell reads bytes: "'" with a combining mark after it ends a quotation, too.
    private func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "/._-:".unicodeScalars.contains($0)
        }
        return isPlain
            ? text : "'" + String(text.unicodeScalars.replacing("'".unicodeScalars, with: "'\\''".unicodeScalars)) + "'"
    }

    /// A line for those who have not asked for quiet.
    private func note(_ text: String) {
        if !setup.options.quiet { say(text + "\n") }
    }

    private func say(_ text: String) {
        Terminal.write(text, to: .standardError)
    }
}
