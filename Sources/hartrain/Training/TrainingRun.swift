import HAR
import Kernels
import Layers
import Memory
import Models
import Platform
import Runs
import StrictJSON
import Training

/// One run from its data to its report.
final class TrainingRun {
    private let setup: TrainingSetup
    private let data: TrainingData
    private let trainer: Trainer
    private let pool: ThreadPool
    private let folder: RunFolder
    private let lock: FolderLock
    private let identity: ResumeFile.Identity
    private var record: RunRecord
    /// Since the run began, and since it was last saved.
    private let watch = Stopwatch()
    private var sinceCheckpoint = Stopwatch()
    private var bestOnDisk = 0

    /// Reads the data, builds the model and, only then, makes the folder.
    /// - Parameter trialFolder: The folder of a dry run, which the caller removes.
    init(_ setup: TrainingSetup, trialFolder: String? = nil) throws {
        self.setup = setup
        try setup.publisher?.check(model: setup.description.name)
        let device = RunRecord.Device.current()
        data = try setup.loadData()
        pool = ThreadPool(threads: setup.options.threading.count)
        var recipe = setup.recipe
        if trialFolder != nil { recipe.epochs = 1 }
        trainer = try Trainer(
            setup.description, recipe: recipe, training: data.training, validation: data.validation,
            standardization: data.standardization, pool: pool)
        identity = setup.identity(dataHash: data.record.hash)
        record = RunRecord(
            model: trainer.step.model, recipe: recipe, threads: pool.threads, device: device, data: data.record,
            classNames: data.training.format.classes,
            arguments: setup.arguments ?? [Program.name] + CommandLine.arguments.dropFirst())
        if let resumed = setup.resumed {
            folder = resumed
        } else if let trialFolder {
            folder = RunFolder(existing: trialFolder)
        } else if let out = setup.options.out {
            folder = try RunFolder(creating: out)
        } else {
            folder = try RunFolder(numbered: setup.description.name, in: "Checkpoints")
        }
        lock = try folder.take()
        if setup.resumed != nil {
            try ResumeFile.read(folder.resume, into: trainer, identity: identity)
            bestOnDisk = trainer.progress.best?.epoch ?? 0
        }
    }

    /// Trains, scores and reports.
    /// - Throws: `Divergence`, `Interrupted` after the run was saved, and errors of files.
    func go() throws {
        if !setup.options.quiet {
            let model = trainer.step.model
            let place = setup.options.dryRun ? "a trial of one epoch of two batches; nothing is kept" : folder.path
            say(RunHeader.text(record, model: model, data: data, folder: place) + "\n" + ModelSummary.text(model) + "\n")
        }
        // Where the weights have gone from the folder, the run is taken up and gives them again.
        if setup.isFinished, trainer.progress.endedBy != nil, Files.exists(folder.best) {
            try repeatResult()
            try publish()
            return
        }
        do {
            if setup.resumed != nil { try writeBest() }
            try folder.beginMetrics(epochsDone: trainer.progress.epoch)
            trainer.addInputOutput(seconds: watch.seconds)
            // From here on the run can be resumed, also after a kill before the first epoch has ended.
            try checkpoint()
        } catch  where setup.resumed == nil {
            // A full disk: what could not be saved once is no run, and its folder would only be in the way.
            try? Files.removeTree(folder.path)
            throw error
        }
        let reason: StopReason
        do {
            reason = try train()
        } catch let divergence as Divergence {
            record.progress = trainer.progress
            record.stopReason = .diverged
            try folder.write(record)
            throw divergence
        }
        try checkpoint()
        if reason == .interrupted {
            try endInterrupted()
        }
        try finish(reason)
    }

    private func train() throws -> StopReason {
        let before = trainer.progress
        let epochsBefore = Double(before.epoch) + Double(before.batch) / Double(trainer.stepsPerEpoch)
        var display = ProgressDisplay(
            setup.options.quiet ? .none : setup.options.progress, recipe: trainer.recipe,
            shareBefore: epochsBefore / Double(trainer.recipe.epochs))
        defer { display.finish() }
        return try trainer.fit { event in
            switch event {
            case .batchEnded(let metrics):
                display.show(metrics)
                // An epoch can take minutes on a small machine; "after every epoch" is what 0 asks for.
                if setup.options.checkpointEvery > 0, isCheckpointDue { try checkpoint() }
            case .epochEnded(let metrics):
                display.show(metrics)
                let writing = Stopwatch()
                try folder.append(metrics)
                trainer.addInputOutput(seconds: writing.seconds)
                if isCheckpointDue { try checkpoint() }
            }
            if Interruption.requested { return .stop(.interrupted) }
            if let limit = setup.options.maxTime, watch.seconds >= limit.seconds { return .stop(.maximumTime) }
            return .continue
        }
    }

    private var isCheckpointDue: Bool { sinceCheckpoint.seconds >= setup.options.checkpointEvery }

    /// Saves the run: the best weights, the last, and last of all the file that it is resumed from.
    ///
    /// What is about to diverge is not saved: the last good state is kept.
    private func checkpoint() throws {
        let state = trainer.step.state
        guard isFinite(state.weights), isFinite(state.statistics) else { return }
        let writing = Stopwatch()
        try writeBest()
        try Checkpoint(
            model: trainer.step.model, state: state, standardization: data.standardization,
            details: details(epoch: trainer.progress.epoch, accuracy: nil)
        ).write(to: folder.last)
        try folder.synchronizeMetrics()
        try ResumeFile.write(trainer, identity: identity, to: folder.resume)
        trainer.addInputOutput(seconds: writing.seconds)
        record.progress = trainer.progress
        try folder.write(record)
        sinceCheckpoint = Stopwatch()
    }

    private func isFinite(_ arena: Arena) -> Bool { allFinite(arena.read(arena.all)) }

    private func writeBest() throws {
        guard let best = trainer.progress.best, best.epoch != bestOnDisk || !Files.exists(folder.best) || setup.resumed != nil
        else { return }
        try bestCheckpoint(best).write(to: folder.best)
        bestOnDisk = best.epoch
    }

    private func bestCheckpoint(_ best: TrainingProgress.Best) -> Checkpoint {
        Checkpoint(
            model: trainer.step.model, state: trainer.best, standardization: data.standardization,
            details: details(epoch: best.epoch, accuracy: best.accuracy))
    }

    private func details(epoch: Int, accuracy: Double?) -> Checkpoint.Details {
        Checkpoint.Details(
            format: data.training.format, epoch: epoch,
            accuracy: accuracy, seed: setup.recipe.seed, dataSource: data.record.source, dataHash: data.record.hash)
    }

    private func endInterrupted() throws -> Never {
        record.stopReason = .interrupted
        record.progress = trainer.progress
        try folder.write(record)
        guard !setup.options.dryRun else { throw Interrupted(signal: Interruption.signal ?? 2) }
        let epoch = min(trainer.progress.epoch + 1, setup.recipe.epochs)
        say("\ninterrupted in epoch \(epoch); the run is saved. Resume it with\n  \(resumeCommand)\n")
        throw Interrupted(signal: Interruption.signal ?? 2)
    }

    /// The command as this program was started, so that it can be pasted.
    private var resumeCommand: String {
        // As a shell reads it: plain where that is safe.
        func quoted(_ text: String) -> String {
            let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-:".contains($0)) }
            return isPlain
                ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        let data = setup.dataPath.map { " --data \(quoted($0))" } ?? ""
        return "\(quoted(CommandLine.arguments.first ?? Program.name)) --resume \(quoted(folder.path))\(data)"
    }

    /// Scores the best weights and reports.
    private func finish(_ reason: StopReason) throws {
        record.stopReason = reason
        let scoring = Stopwatch()
        if trainer.progress.best == nil {
            // Stopped before the first evaluation: the last weights are the best there are.
            trainer.best.copy(from: trainer.step.state)
            try Files.writeAtomically(try Files.read(folder.last), to: folder.best)
        }
        let scores = bestScores()
        record.scores = scores
        record.progress = trainer.progress
        record.progress.evaluationSeconds += scoring.seconds
        try folder.writeConfusion(scores.test.confusion, classNames: data.training.format.classes)
        let report = TrainingReport.markdown(record, scores: scores, notice: data.source.notice)
        try Files.writeAtomically(Array(report.utf8), to: folder.report)
        try folder.write(record)
        if setup.options.dryRun { _ = try Checkpoint(reading: folder.last) }
        if setup.options.json {
            try printResult(record.json.serialized() + "\n")
        } else {
            try printResult(TrainingReport.text(record, scores: scores, notice: data.source.notice))
        }
        if setup.options.dryRun {
            note("dry run passed: trained, evaluated, saved and loaded; nothing was kept")
            return
        }
        note("written to \(folder.path): \(folder.fileNames.joined(separator: ", "))")
        try publish()
        if reason.isResumable { note("stopped by --max-time; resume with\n  \(resumeCommand)") }
    }

    /// Publishes the best weights where that is wanted.
    /// - Throws: A `CommandError` that says how to make up for what could not be published.
    private func publish() throws {
        guard let publisher = setup.publisher, let destination = setup.options.upload else { return }
        do {
            let publication = try publisher.publish(folder.path)
            note("published \(publication.weights); latest: \(publication.latest)")
        } catch {
            throw CommandError(
                "\(error); the run itself is complete, publish it with '\(Program.name) upload \(folder.path) \(destination)'")
        }
    }

    private func bestScores() -> RunRecord.Scores {
        let evaluator = Evaluator(
            trainer.step.model, state: trainer.best, standardization: data.standardization, pool: pool)
        return RunRecord.Scores(
            training: evaluator.evaluate(data.training), validation: evaluator.evaluate(data.validation),
            test: evaluator.evaluate(data.test))
    }

    /// Prints the result of a run that is over; its folder stays as it is.
    private func repeatResult() throws {
        let kept = try JSON.parse(try Files.read(folder.record))
        guard !setup.options.json else {
            try printResult(kept.serialized() + "\n")
            return
        }
        record.stopReason = trainer.progress.endedBy
        record.progress = trainer.progress
        // The last times were taken after the run had been saved.
        record.progress.evaluationSeconds = kept["evaluation_seconds"]?.asDouble ?? trainer.progress.evaluationSeconds
        record.progress.inputOutputSeconds = kept["io_seconds"]?.asDouble ?? trainer.progress.inputOutputSeconds
        try printResult(TrainingReport.text(record, scores: bestScores(), notice: data.source.notice))
    }

    /// A line for those who have not asked for quiet.
    private func note(_ text: String) {
        if !setup.options.quiet { say(text + "\n") }
    }

    private func say(_ text: String) {
        Terminal.write(text, to: .standardError)
    }
}
