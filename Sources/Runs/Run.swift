import Kernels
import Layers
import Memory
import Models
import Platform
import TimeSeries
import Training

/// A run from its data to its scores: trains, keeps what it needs to be resumed, scores the best weights, publishes them.
///
/// Whoever starts it is told what happens (`RunEvent`) and can stop it; the run itself prints nothing and reads no options.
public final class Run {
    /// The run's folder.
    public let folder: RunFolder
    /// What the run is and what came of it so far.
    public private(set) var record: RunRecord
    private let plan: RunPlan
    private let windows: RunWindows
    private let trainer: Trainer
    /// Nobody else writes to the folder until the run has ended.
    private var lock: FolderLock?
    private var hasBegun = false
    /// Since the run began, and since it was last saved.
    private let watch = Stopwatch()
    private var sinceCheckpoint = Stopwatch()
    private var sessions: Sessions
    /// The epoch of the best weights in the folder; 0 where there are none, or none that are known to be those of this state.
    private var bestOnDisk = 0

    /// Divides the data, binds the model and, only then, makes the folder or takes up the run in it.
    /// - Throws: What stands in the way, by its own type: `RecipeError`, `SplitError`,
    ///   `StandardizationError`, `ModelError` where the model does not fit the data, `ModelFileError` and `SafetensorsError` for what
    ///   the folder of a stopped run holds, `FileError`.
    public init(_ plan: RunPlan) throws {
        try plan.model.requireFit(plan.data.format)
        try plan.recipe.validate(classes: plan.data.format.classes.count)
        self.plan = plan
        windows = try RunWindows(plan)
        let pool = ThreadPool(threads: plan.threads)
        var recipe = plan.recipe
        if plan.isTrial { recipe.epochs = 1 }
        trainer = try Trainer(
            plan.model, recipe: recipe, training: windows.training, validation: windows.validation,
            standardization: windows.standardization, pool: pool,
            besides: { ResumeFile.floats($0) })
        try ResumeFile.requireDistinctNames(trainer.step.model)
        record = RunRecord(
            model: trainer.step.model, recipe: recipe, threads: pool.threads, device: .current(),
            data: RunRecord.Data(
                source: plan.data.source.name, path: plan.dataPath, hash: plan.data.hash, division: plan.division,
                trainingWindows: windows.training.count, validationWindows: windows.validation.count,
                testWindows: windows.test.count),
            classNames: plan.data.format.classes, arguments: plan.arguments)
        switch plan.place {
        case .folder(let path): folder = try RunFolder(creating: path)
        case .numbered(let parent): folder = try RunFolder(numbered: plan.model.name, in: parent)
        case .resumed(let stopped): folder = stopped
        case .trial(let path): folder = RunFolder(existing: path)
        }
        lock = try folder.take()
        sessions = Sessions(record)
        if case .resumed = plan.place {
            // As the folder is now that nobody else writes to it: while the data was read, another process may have gone on by the new
            // recipe, and ended.
            let kept = try RunRecord(reading: folder.record, kinds: plan.kinds)
            let continued = kept.recipe == plan.recipe ? nil : plan.continuedRecipe
            try ResumeFile.read(
                folder.resume, into: trainer, recipe: continued, identity: plan.identity(continued ?? plan.recipe))
            if continued != nil { try trainer.goOn() }
            sessions.resume(after: kept.sessions, trainer.progress)
        }
        record.sessions = sessions.all(trainer.progress)
    }

    /// The sessions of the run before this one, in their order; none where it begins.
    public var earlierSessions: [RunRecord.Session] { sessions.earlier }

    /// The session of this run, on this machine.
    public var session: RunRecord.Session { sessions.own }

    /// Whether the run had its result before it was taken up.
    public private(set) var wasOver = false

    /// The bound model.
    public var model: Model { trainer.step.model }
    /// The bytes that training takes beside program and data.
    public var memoryBytes: Int { trainer.step.memoryBytes }

    /// The classes of the data that no training window has, which the model cannot learn.
    public var classesWithoutTraining: [String] { windows.classesWithoutTraining }

    /// The parts of the data, "training" and "test", that have a reading that no sensor gives: it spoils the standardisation, or the scores.
    public var outliers: [(part: String, outlier: WindowSet.Outlier)] {
        [("training", plan.data.train), ("test", plan.data.test)].compactMap { part, windows in windows.outlier.map { (part, $0) }
        }
    }

    /// The class that most validation windows are of, and their share: what whoever always answers it scores.
    public var guess: (className: String, accuracy: Double) {
        let counts = windows.validation.classCounts
        let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        return (windows.validation.format.classes[most], Double(counts[most]) / Double(windows.validation.count))
    }

    /// The share of the run's epochs that is done, 0 to 1.
    public var share: Double {
        let progress = trainer.progress
        return (Double(progress.epoch) + Double(progress.batch) / Double(trainer.stepsPerEpoch)) / Double(trainer.recipe.epochs)
    }

    /// The epoch that is under way or was the last, from 1.
    public var epoch: Int { min(trainer.progress.epoch + 1, trainer.recipe.epochs) }

    /// Trains, scores, saves and publishes, once; a run that was over before gives its result again.
    /// - Parameter report: Told of every event; its answer to a batch or an epoch can stop the run.
    /// - Returns: Why the run ended; after `.interrupted` it is saved and neither scored nor published.
    /// - Throws: `Divergence`, errors of files, a `PublicationError` where the run is complete and only not published, and what
    ///   `report` throws.
    public func go(_ report: (RunEvent) throws -> RunControl) throws -> RunEnd {
        guard !hasBegun else {
            throw ModelFileError(file: folder.path, reason: "this run has ended: plan another in its folder to take it up")
        }
        hasBegun = true
        defer { lock = nil }
        if let over = try endedBefore() {
            _ = try report(.saved(record))
            try publish(report)
            return over
        }
        try begin()
        let end: RunEnd
        do {
            end = try train(report)
        } catch let divergence as Divergence {
            try save(end: .diverged)
            throw divergence
        }
        try saveCheckpoint()
        guard end != .interrupted else {
            try save(end: .interrupted)
            return .interrupted
        }
        try finish(end, report)
        try publish(report)
        return end
    }

    /// The end of a resumed run that has its result already. Where the weights have gone from its folder it has none, and is taken up.
    private func endedBefore() throws -> RunEnd? {
        guard case .resumed = plan.place, let reason = trainer.progress.endedBy, Files.exists(folder.best) else { return nil }
        let kept = try RunRecord(reading: folder.record, kinds: plan.kinds)
        guard kept.isFinished, kept.scores != nil else { return nil }
        record = kept
        wasOver = true
        return RunEnd(reason)
    }

    private func begin() throws {
        do {
            if case .resumed = plan.place { try writeBest() }
            try folder.beginMetrics(epochsDone: trainer.progress.epoch, events: plan.writesEvents)
            trainer.addInputOutput(seconds: plan.inputSeconds + watch.seconds)
            // From here on the run can be resumed, also after a kill before the first epoch has ended.
            try saveCheckpoint()
        } catch {
            // A full disk: what could not be saved once is no run, and the folder that was made for it would only be in the way.
            switch plan.place {
            case .folder, .numbered: try? Files.removeTree(folder.path)
            case .resumed, .trial: break
            }
            throw error
        }
    }

    private func train(_ report: (RunEvent) throws -> RunControl) throws -> RunEnd {
        var requested = RunStop.interrupted
        func ask(_ event: RunEvent) throws -> TrainingControl {
            guard case .stop(let reason) = try report(event) else { return .continue }
            requested = reason
            return .stop
        }
        let reason = try trainer.fit { event in
            switch event {
            case .batchEnded(let metrics):
                let control = try ask(.batchEnded(metrics))
                // An epoch can take minutes on a small machine; "after every epoch" is what 0 asks for.
                if plan.checkpointEvery > 0, isCheckpointDue { try saveCheckpoint() }
                return control
            case .epochEnded(let metrics):
                let control = try ask(.epochEnded(metrics))
                let writing = Stopwatch()
                try folder.append(metrics)
                trainer.addInputOutput(seconds: writing.seconds)
                if isCheckpointDue { try saveCheckpoint() }
                return control
            }
        }
        return RunEnd(reason) ?? RunEnd(requested)
    }

    private var isCheckpointDue: Bool { sinceCheckpoint.seconds >= plan.checkpointEvery }

    /// Saves the run: the best weights, the last, and last of all the file that it is resumed from.
    ///
    /// What is about to diverge is not saved: the last good state is kept.
    private func saveCheckpoint() throws {
        let state = trainer.step.state
        guard isFinite(state.weights), isFinite(state.statistics) else { return }
        let writing = Stopwatch()
        try writeBest()
        try makeCheckpoint(of: state, epoch: trainer.progress.epoch, accuracy: nil).write(to: folder.last)
        try folder.synchronizeMetrics()
        try ResumeFile.write(trainer, identity: plan.identity(plan.recipe), to: folder.resume)
        trainer.addInputOutput(seconds: writing.seconds)
        try save(end: nil)
        sinceCheckpoint = Stopwatch()
    }

    private func isFinite(_ arena: Arena) -> Bool { firstNonFinite(arena.read(arena.all)) == nil }

    private func writeBest() throws {
        guard let best = trainer.progress.best, best.epoch != bestOnDisk || !Files.exists(folder.best) else { return }
        try makeCheckpoint(of: trainer.bestState, epoch: best.epoch, accuracy: best.accuracy).write(to: folder.best)
        bestOnDisk = best.epoch
    }

    private func makeCheckpoint(of state: ModelState, epoch: Int, accuracy: Double?) -> Checkpoint {
        Checkpoint(
            model: trainer.step.model, state: state, standardization: windows.standardization,
            details: Checkpoint.Details(
                format: plan.data.format, epoch: epoch, accuracy: accuracy, seed: plan.recipe.seed,
                dataSource: plan.data.source.name, dataHash: plan.data.hash, ranges: trainer.trainingRanges))
    }

    /// Writes the record as the run stands.
    private func save(end: RunEnd?) throws {
        updateRecord(end: end)
        try folder.write(record)
    }

    private func updateRecord(end: RunEnd?) {
        record.end = end
        record.progress = RunRecord.Progress(trainer.progress)
        record.sessions = sessions.all(trainer.progress)
        record.peakMemoryBytes = Machine.peakResidentBytes()
    }

    /// Scores the best weights.
    private func finish(_ end: RunEnd, _ report: (RunEvent) throws -> RunControl) throws {
        let scoring = Stopwatch()
        if trainer.progress.best == nil {
            // Stopped before the first evaluation: the last weights are the best there are.
            trainer.bestState.copy(from: trainer.step.state)
            try Files.writeAtomically(try Files.read(folder.last), to: folder.best)
        }
        let test = try trainer.evaluate(windows.test, part: "test")
        record.scores = RunRecord.Scores(
            training: RunRecord.Scores.Summary(try trainer.evaluate(windows.training, part: "training")),
            validation: RunRecord.Scores.Summary(try trainer.evaluate(windows.validation, part: "validation")), test: test)
        updateRecord(end: end)
        record.progress.evaluationSeconds += scoring.seconds
        try folder.writeConfusion(test.confusion, classNames: record.classNames)
        _ = try report(.scored(record))
        try folder.write(record)
        if plan.isTrial { _ = try Checkpoint(reading: folder.last, kinds: plan.kinds) }
        _ = try report(.saved(record))
    }

    private func publish(_ report: (RunEvent) throws -> RunControl) throws {
        guard let publisher = plan.publisher, !plan.isTrial else { return }
        let publication: ModelStore.Publication
        do {
            publication = try publisher.publish(folder.path, kinds: plan.kinds)
        } catch {
            throw PublicationError(cause: error)
        }
        _ = try report(.published(publication))
    }
}
