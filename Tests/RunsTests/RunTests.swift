import Layers
import Memory
import Models
import Platform
import SmallModel
import StrictJSON
import Testing
import TimeSeries
import Training

@testable import Runs

/// Runs in this process: trained, stopped, resumed, failed, repeated.
@Suite struct RunTests {
    /// Windows of three classes and four groups, those to test with of two others.
    private static let data: Dataset = {
        let train = TestRun.data
        func grouped(_ windows: WindowSet, from first: Int32) -> WindowSet {
            WindowSet(
                checked: windows.values, labels: windows.labels, groups: windows.labels.indices.map { first + Int32($0 % 4) },
                format: windows.format)
        }
        return Dataset(
            checked: grouped(train, from: 0), test: grouped(train, from: 10),
            source: Dataset.Source(name: "test", description: "test windows"))
    }()

    private static func plan(_ place: RunPlan.Place, threads: Int = 1) throws -> RunPlan {
        var plan = RunPlan(
            model: try SmallModel.description(), recipe: TestRun.recipe, data: data, place: place, threads: threads,
            arguments: ["test"])
        plan.checkpointEvery = 0
        return plan
    }

    /// What must not depend on how a run came to its end.
    private static func result(_ folder: String) throws -> [String] {
        try ["best.safetensors", "last.safetensors"].map { SHA256.hex(of: try Files.read("\(folder)/\($0)")) }
    }

    private enum Kind: String { case batch, epoch, scored, saved, published }

    private static func kind(_ event: RunEvent) -> Kind {
        switch event {
        case .batchEnded: .batch
        case .epochEnded: .epoch
        case .scored: .scored
        case .saved: .saved
        case .published: .published
        }
    }

    @Test func aRunReportsItsEventsAndKeepsItsRecord() throws {
        try withTemporaryFolder { folder in
            let run = try Run(try RunTests.plan(.numbered(in: folder)))
            #expect(run.folder.path == folder + "/small-1")
            var kinds: [Kind] = []
            let end = try run.go { event in
                kinds.append(RunTests.kind(event))
                return .continue
            }
            #expect(end == .finished)
            // Nine windows in batches of five.
            let epoch: [Kind] = [.batch, .batch, .epoch]
            #expect(kinds == epoch + epoch + epoch + epoch + [.scored, .saved])
            let record = try RunRecord(reading: run.folder.record)
            #expect(record.isFinished && record.end == .finished && record.progress.epochs == 4)
            #expect(record.json == run.record.json)
            #expect(record.data.trainingWindows == 9 && record.data.validationWindows == 3)
            #expect(record.scores?.test.rows == 12)
            let checkpoint = try Checkpoint(reading: run.folder.best)
            #expect(checkpoint.details.format == RunTests.data.format)
            #expect(checkpoint.details.epoch == record.progress.bestEpoch)
        }
    }

    /// Stopped after any batch or epoch and resumed, on other threads too, a run ends in the same bytes.
    @Test(arguments: 1...11) func aStoppedRunEndsInTheSameBytes(events: Int) throws {
        try withTemporaryFolder { folder in
            _ = try Run(try RunTests.plan(.folder(folder + "/whole"))).go { _ in .continue }
            var seen = 0
            let stopped = try Run(try RunTests.plan(.folder(folder + "/stopped"), threads: 2))
            let first = try stopped.go { _ in
                seen += 1
                return seen == events ? .stop(.interrupted) : .continue
            }
            #expect(first == .interrupted && seen == events)
            #expect(try RunRecord(reading: stopped.folder.record).end == .interrupted)
            #expect(!Files.exists(stopped.folder.confusion))
            let resumed = try Run(try RunTests.plan(.resumed(stopped.folder)))
            #expect(try resumed.go { _ in .continue } == .finished)
            #expect(try RunTests.result(folder + "/stopped") == RunTests.result(folder + "/whole"))
            #expect(try RunTests.lines(folder + "/stopped/metrics.csv") == 5)
        }
    }

    private static func lines(_ path: String) throws -> Int {
        String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").count
    }

    @Test func whenItsTimeIsUpARunIsScoredAndCanGoOn() throws {
        try withTemporaryFolder { folder in
            let end = try Run(try RunTests.plan(.folder(folder + "/run"))).go { event in
                if case .epochEnded(let metrics) = event, metrics.epoch == 2 { .stop(.maximumTime) } else { .continue }
            }
            #expect(end == .maximumTime)
            let record = try RunRecord(reading: folder + "/run/run.json")
            #expect(record.scores != nil && !record.isFinished && record.progress.epochs == 2)
            #expect(try Run(try RunTests.plan(.resumed(RunFolder(existing: folder + "/run")))).go { _ in .continue } == .finished)
        }
    }

    @Test func aRunThatIsOverGivesItsResultAgain() throws {
        try withTemporaryFolder { folder in
            _ = try Run(try RunTests.plan(.folder(folder + "/run"))).go { _ in .continue }
            let before = try Files.read(folder + "/run/run.json")
            let again = try Run(try RunTests.plan(.resumed(RunFolder(existing: folder + "/run"))))
            var kinds: [Kind] = []
            let end = try again.go { event in
                kinds.append(RunTests.kind(event))
                return .continue
            }
            #expect(end == .finished && kinds == [.saved] && again.wasOver)
            #expect(again.record.scores != nil)
            #expect(try Files.read(folder + "/run/run.json") == before)
        }
    }

    /// A plan that was made while another process wrote to the folder: what holds is what the folder has once it is free.
    @Test func aRunThatEndedWhileItsDataWasReadGivesItsResult() throws {
        try withTemporaryFolder { folder in
            let place = RunPlan.Place.resumed(RunFolder(existing: folder + "/run"))
            _ = try Run(try RunTests.plan(.folder(folder + "/run"))).go { event in
                if case .epochEnded = event { .stop(.interrupted) } else { .continue }
            }
            let late = try RunTests.plan(place)
            var longer = try RunTests.plan(place)
            longer.continuedRecipe = longer.recipe
            longer.recipe.epochs += 2
            for plan in [late, longer] {
                _ = try Run(plan).go { _ in .continue }
                let before = try Files.read(folder + "/run/run.json")
                let again = try Run(plan)
                #expect(try again.go { _ in .continue } == .finished)
                #expect(again.wasOver)
                #expect(try Files.read(folder + "/run/run.json") == before)
            }
        }
    }

    /// Best weights that a kill left newer than the state that is resumed are written again, once.
    @Test func theBestWeightsOfAResumedRunAreThoseOfItsState() throws {
        try withTemporaryFolder { folder in
            _ = try Run(try RunTests.plan(.folder(folder + "/whole"))).go { _ in .continue }
            _ = try Run(try RunTests.plan(.folder(folder + "/run"))).go { event in
                if case .epochEnded = event { .stop(.interrupted) } else { .continue }
            }
            try Files.writeAtomically(Array("torn".utf8), to: folder + "/run/best.safetensors")
            _ = try Run(try RunTests.plan(.resumed(RunFolder(existing: folder + "/run")))).go { _ in .continue }
            #expect(try RunTests.result(folder + "/run") == RunTests.result(folder + "/whole"))
        }
    }

    @Test func aRunThatDivergesSaysSoAndKeepsItsLastGoodState() throws {
        try withTemporaryFolder { folder in
            var plan = try RunTests.plan(.folder(folder + "/run"))
            plan.recipe.learningRate = 1e38
            let run = try Run(plan)
            #expect(throws: Divergence.self) { try run.go { _ in .continue } }
            #expect(try RunRecord(reading: folder + "/run/run.json").end == .diverged)
        }
    }

    @Test func whatCannotBeginLeavesNoFolder() throws {
        try withTemporaryFolder { folder in
            var plan = try RunTests.plan(.folder(folder + "/run"))
            plan.division.validationFraction = 0.01
            #expect(throws: SplitError.nothingHeldOut(windows: 12, fraction: 0.01)) { _ = try Run(plan) }
            plan = try RunTests.plan(.folder(folder + "/run"))
            plan.model = ModelDescription(name: "other", input: [5, 2], network: Sequential([Flatten(), Dense(3)]))
            let error = try #require(throws: ModelError.self) { _ = try Run(plan) }
            #expect(error.reason.hasPrefix("the model takes windows of [5, 2], the data has [4, 2]"))
            plan.model = ModelDescription(name: "other", input: [4, 2], network: Sequential([Flatten(), Dense(4)]))
            #expect(throws: ModelError(layer: "", reason: "the model gives 4 classes, the data has 3")) { _ = try Run(plan) }
            #expect(!Files.exists(folder + "/run"))
        }
    }

    @Test func aRunGoesOnce() throws {
        try withTemporaryFolder { folder in
            let run = try Run(try RunTests.plan(.folder(folder + "/run")))
            _ = try run.go { _ in .stop(.interrupted) }
            let error = try #require(throws: ModelFileError.self) { try run.go { _ in .continue } }
            #expect(error.reason == "this run has ended: plan another in its folder to take it up")
            #expect(Files.exists(folder + "/run/resume.safetensors"))
        }
    }

    @Test func aRecipeOutOfItsRangesAndANameThatIsAPathAreRefused() throws {
        try withTemporaryFolder { folder in
            var plan = try RunTests.plan(.numbered(in: folder))
            plan.recipe.batch = 0
            #expect(throws: RecipeError.self) { _ = try Run(plan) }
            plan = try RunTests.plan(.numbered(in: folder))
            plan.model = ModelDescription(name: "../x", input: plan.model.input, network: plan.model.network)
            let error = try #require(throws: ModelError.self) { _ = try Run(plan) }
            #expect(error.reason.hasPrefix("'../x' cannot name a model"))
            #expect(try Files.list(folder).isEmpty)
        }
    }

    /// y = 2 x.
    private struct Twice: Layer {
        static let kind = "Twice"
        var name = ""
        init() {}
        init(fields: inout LayerFields) throws(JSONFieldError) {}
        mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape { input }
        @_lifetime(y: copy y)
        func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
            for i in x.indices { y[i] = 2 * x[i] }
        }
        @_lifetime(dx: copy dx)
        func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
            for i in dx.indices { dx[i] = 2 * dy[i] }
        }
    }

    /// A run of a layer that only its caller knows: stopped, resumed, tried out and read back.
    @Test func aRunOfAnOwnKindOfLayer() throws {
        try withTemporaryFolder { folder in
            func plan(_ place: RunPlan.Place) throws -> RunPlan {
                var plan = try RunTests.plan(place)
                plan.model = ModelDescription("own", input: plan.model.input) {
                    Twice()
                    Flatten()
                    Dense(3)
                }
                plan.kinds = .standard.adding(Twice.self)
                return plan
            }
            var first = try plan(.folder(folder + "/run"))
            #expect(try Run(first).go { _ in .stop(.interrupted) } == .interrupted)
            first.place = .resumed(RunFolder(existing: folder + "/run"))
            #expect(try Run(first).go { _ in .continue } == .finished)
            // Over, and taken up once more.
            #expect(try Run(first).go { _ in .continue } == .finished)
            #expect(throws: ModelFileError.self) { try Weights(folder + "/run", store: { _ in fatalError() }).checkpoint() }
            let weights = try Weights(folder + "/run", store: { _ in fatalError() }).checkpoint(kinds: first.kinds)
            #expect(weights.description.name == "own")
            try Files.createFolder(folder + "/trial")
            let trial = try Run(try plan(.trial(folder + "/trial")))
            #expect(try trial.go { _ in .continue } == .finished)
            first.kinds = .standard
            first.place = .trial(folder + "/trial")
            #expect(throws: ModelFileError.self) { try Run(first).go { _ in .continue } }
        }
    }

    @Test func twoRunsDoNotShareAFolder() throws {
        try withTemporaryFolder { folder in
            let run = try Run(try RunTests.plan(.folder(folder + "/run")))
            #expect(throws: FileError.self) { _ = try Run(try RunTests.plan(.folder(folder + "/run"))) }
            #expect(throws: ModelFileError.self) {
                _ = try Run(try RunTests.plan(.resumed(RunFolder(existing: folder + "/run"))))
            }
            _ = try run.go { _ in .continue }
        }
    }

    /// A trial is one epoch of two batches.
    @Test func aTrialTakesTwoBatches() throws {
        try withTemporaryFolder { folder in
            var plan = try RunTests.plan(.trial(folder))
            plan.recipe.batch = 2
            let run = try Run(plan)
            #expect(try run.go { _ in .continue } == .finished)
            #expect(run.record.data.trainingWindows == 4 && run.record.progress.epochs == 1)
        }
    }

    /// What the caller throws ends the run, which can be resumed.
    @Test func anErrorOfTheCallerLeavesARunThatCanBeResumed() throws {
        struct Wish: Error {}
        try withTemporaryFolder { folder in
            _ = try Run(try RunTests.plan(.folder(folder + "/whole"))).go { _ in .continue }
            #expect(throws: Wish.self) {
                _ = try Run(try RunTests.plan(.folder(folder + "/run"))).go { event in
                    if case .epochEnded(let metrics) = event, metrics.epoch == 3 { throw Wish() }
                    return .continue
                }
            }
            _ = try Run(try RunTests.plan(.resumed(RunFolder(existing: folder + "/run")))).go { _ in .continue }
            #expect(try RunTests.result(folder + "/run") == RunTests.result(folder + "/whole"))
        }
    }
}
