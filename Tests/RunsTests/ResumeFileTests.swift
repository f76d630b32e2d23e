import Layers
import Memory
import Models
import Platform
import SmallModel
import StrictJSON
import TensorFiles
import Testing
import Training

@testable import Runs

/// Resume files: a run that is stopped anywhere and taken up again ends in the same bits.
@Suite struct ResumeFileTests {
    private static let identity = identity()

    private static func identity(
        data: String = "hash", model: JSON = "model", recipe: JSON = "recipe", options: JSON = "options",
        classes: [String] = ["a", "b", "c"]
    ) -> ResumeFile.Identity {
        ResumeFile.Identity(dataHash: data, modelDescription: model, recipe: recipe, division: options, classes: classes)
    }

    /// Trains until a number of events have happened.
    private static func train(_ trainer: Trainer, events: Int) throws -> StopReason {
        var seen = 0
        return try trainer.fit { _ in
            seen += 1
            return seen == events ? .stop : .continue
        }
    }

    private static func values(_ arena: Arena) -> [UInt32] {
        let span = arena.read(arena.all)
        return span.indices.map { span[$0].bitPattern }
    }

    /// All that a run ends in, without times.
    private static func end(_ trainer: Trainer) -> [[UInt32]] {
        [
            values(trainer.step.state.weights), values(trainer.step.state.statistics), values(trainer.bestState.weights),
            values(trainer.bestState.statistics), values(trainer.step.optimizerState),
            [trainer.progress.epoch, trainer.progress.step, trainer.progress.best?.epoch ?? 0].map { UInt32($0) },
        ]
    }

    /// A trainer stopped after some events, in a file.
    private static func withFile<Result>(
        events: Int = 5, _ body: (_ path: String, _ stopped: Trainer) throws -> Result
    ) throws -> Result {
        let trainer = try TestRun.trainer()
        _ = try train(trainer, events: events)
        return try withTemporaryFolder { folder in
            let path = folder + "/" + ResumeFile.name
            try ResumeFile.write(trainer, identity: identity, to: path)
            return try body(path, trainer)
        }
    }

    @Test func aRunStoppedAnywhereEndsInTheSameBits() throws {
        let whole = try TestRun.trainer()
        #expect(try whole.fit { _ in .continue } == .finished)
        // Four epochs of three batches and an end each.
        for events in 1...16 {
            try ResumeFileTests.withFile(events: events) { path, stopped in
                let resumed = try TestRun.trainer()
                try ResumeFile.read(path, into: resumed, identity: ResumeFileTests.identity)
                #expect(resumed.progress == stopped.progress)
                #expect(ResumeFileTests.end(resumed) == ResumeFileTests.end(stopped))
                #expect(try resumed.fit { _ in .continue } == .finished)
                #expect(ResumeFileTests.end(resumed) == ResumeFileTests.end(whole), "after \(events) events")
                #expect(resumed.progress.best == whole.progress.best)
            }
        }
    }

    @Test func aRunThatHasNotBegunCanBeSaved() throws {
        try withTemporaryFolder { folder in
            let trainer = try TestRun.trainer()
            try ResumeFile.write(trainer, identity: ResumeFileTests.identity, to: folder + "/r")
            let resumed = try TestRun.trainer()
            try ResumeFile.read(folder + "/r", into: resumed, identity: ResumeFileTests.identity)
            #expect(resumed.progress == TrainingProgress())
        }
    }

    /// "best.a.weight" would be a weight of its own and the best values of "a.weight".
    @Test func namesThatStandForTwoTensorsAreRefused() throws {
        func model(_ name: String) throws -> Model {
            try Model(
                ModelDescription("named", input: [4, 2]) {
                    Dense(3, name: name)
                    Flatten()
                    Dense(2, name: "a")
                }, maximumRows: 1)
        }
        try ResumeFile.requireDistinctNames(try model("best.b"))
        #expect { try ResumeFile.requireDistinctNames(try model("best.a")) } throws: {
            "\($0)".contains("best.a.weight has the name of a.weight's best values")
        }
    }

    @Test func theReasonWhyARunIsOverIsKept() throws {
        var recipe = TestRun.recipe
        recipe.targetAccuracy = 0.01
        let trainer = try TestRun.trainer(recipe: recipe)
        #expect(try trainer.fit { _ in .continue } == .targetAccuracy)
        try withTemporaryFolder { folder in
            try ResumeFile.write(trainer, identity: ResumeFileTests.identity, to: folder + "/r")
            let resumed = try TestRun.trainer(recipe: recipe)
            try ResumeFile.read(folder + "/r", into: resumed, identity: ResumeFileTests.identity)
            #expect(try resumed.fit { _ in .continue } == .targetAccuracy)
            #expect(resumed.progress.epoch == 1)
        }
    }

    /// The reason why a file is refused.
    private static func refusal(_ path: String, _ identity: ResumeFile.Identity = identity, recipe: Recipe = TestRun.recipe)
        throws
        -> String?
    {
        do {
            try ResumeFile.read(path, into: try TestRun.trainer(recipe: recipe), identity: identity)
            return nil
        } catch let error as ModelFileError {
            #expect(error.file == path)
            #expect("\(error)".contains(path))
            return error.reason
        }
    }

    @Test func anotherRunIsRefused() throws {
        try ResumeFileTests.withFile { path, _ in
            let others: [(ResumeFile.Identity, String)] = [
                (ResumeFileTests.identity(data: "other"), "the run's data differs: it was hash, it is other"),
                (ResumeFileTests.identity(model: "other"), "the run's model differs"),
                (ResumeFileTests.identity(recipe: "other"), "the run's recipe differs"),
                (ResumeFileTests.identity(options: "other"), "the run's split or standardisation differs"),
                (
                    ResumeFileTests.identity(classes: ["a", "c", "b"]),
                    #"the names of the classes differ: they were ["a","b","c"], they are ["a","c","b"]"#
                ),
            ]
            for (identity, reason) in others {
                #expect(try ResumeFileTests.refusal(path, identity)?.contains(reason) == true, "\(reason)")
            }
            #expect(try ResumeFileTests.refusal(path) == nil)
            // Another optimizer keeps other values.
            var recipe = TestRun.recipe
            recipe.optimizer = .sgd(SGD())
            #expect(try ResumeFileTests.refusal(path, recipe: recipe)?.contains("optimizer.state has ") == true)
            // A file without that is a file of something else.
            try SmallModel.checkpoint().write(to: path)
            let reason = try #require(try ResumeFileTests.refusal(path))
            #expect(reason.contains("this is not a resume file") || reason.contains("the run's data"), "\(reason)")
        }
    }

    /// The file with the hash of its content, as a file that was written so.
    private static func sign(_ file: SafetensorsFile) -> SafetensorsFile {
        var file = file
        file.metadata.set(ResumeFile.digestKey, ResumeFile.digest(of: file))
        return file
    }

    /// The refusal of a file whose progress is changed.
    private static func refusal(progress change: (inout JSONObject) -> Void) throws -> String? {
        try withFile { path, _ in
            var file = try SafetensorsFile.read(path)
            var progress = try #require(try JSON.parse(file.metadata["hartrain.progress"] ?? "").asObject)
            change(&progress)
            file.metadata.set("hartrain.progress", JSON.object(progress).serialized())
            try sign(file).write(to: path)
            return try refusal(path)
        }
    }

    @Test func aProgressThatCannotBeIsRefused() throws {
        let changes: [(String, JSON)] = [
            ("epoch", -1), ("epoch", 5), ("epoch", 4_000_000_000_000), ("epoch", 1.5), ("batch", 4), ("batch", 1_000_000),
            ("step", 3),
            ("epoch_rows", 0), ("epoch_rows", -3), ("best_accuracy", "high"), ("ended_by", "boredom"),
            ("seconds_to_accuracy", []),
            ("training_seconds", nil), ("surplus", 1), ("best_epoch", -2), ("evaluations_without_gain", 1e3),
            // The file is of epoch 2 of 4 after one batch of five rows, evaluated once.
            ("best_accuracy", 5), ("best_accuracy", -1), ("best_loss", -0.5), ("best_epoch", 2), ("best_epoch", 0),
            ("epoch_correct", 6), ("epoch_rows", 4), ("epoch_loss", -1.0), ("training_seconds", -1),
            ("evaluation_seconds", -0.5), ("io_seconds", -1), ("patience_mark", 2), ("patience_mark", -1),
            ("evaluations_without_gain", 2), ("seconds_to_accuracy", ["soon", nil, nil]),
            ("seconds_to_accuracy", [-1, nil, nil]), ("seconds_to_accuracy", [1e9, nil, nil]), ("ended_by", "finished"),
            ("ended_by", "patience"), ("ended_by", "target-accuracy"), ("ended_by", "diverged"), ("ended_by", "interrupted"),
            ("ended_by", "max-time"),
        ]
        for (key, value) in changes {
            let reason = try ResumeFileTests.refusal { $0.set(key, value) }
            #expect(reason != nil, "\(key) \(value)")
        }
        #expect(try ResumeFileTests.refusal { _ in } == nil)
    }

    @Test func tensorsThatDoNotFitAreRefused() throws {
        try ResumeFileTests.withFile { path, _ in
            let good = try SafetensorsFile.read(path)
            for name in ["conv.weight", "best.norm.running_var", "optimizer.state"] {
                var file = good
                file.tensors.removeAll { $0.name == name }
                try ResumeFileTests.sign(file).write(to: path)
                #expect(try ResumeFileTests.refusal(path)?.contains(name) == true)
            }
            var file = good
            file.tensors.append(SafetensorsTensor("extra", shape: [0], values: [] as [Float]))
            try ResumeFileTests.sign(file).write(to: path)
            #expect(try ResumeFileTests.refusal(path)?.contains("unexpected: extra") == true)
        }
    }

    @Test(arguments: ["optimizer.state", "lstm.weight_hh_l0", "best.dense.bias"])
    func aValueThatIsNoNumberIsRefused(name: String) throws {
        try ResumeFileTests.withFile { path, _ in
            var file = try SafetensorsFile.read(path)
            let place = try #require(file.tensors.firstIndex { $0.name == name })
            var values = try file.floats(name)
            values[2] = .nan
            file.tensors[place] = SafetensorsTensor(name, shape: file.tensors[place].shape, values: values)
            try ResumeFileTests.sign(file).write(to: path)
            #expect(try ResumeFileTests.refusal(path)?.contains("tensor '\(name)': value 3 is nan") == true)
        }
    }

    @Test func aDamagedTensorOrProgressIsRefused() throws {
        try ResumeFileTests.withFile { path, _ in
            let bytes = try Files.read(path)
            let good = try SafetensorsFile.read(path)
            let data = good.tensors.reduce(0) { $0 + $1.bytes.count }
            var random = Random(seed: 3, stream: .split)
            for _ in 0..<200 {
                var changed = bytes
                changed[bytes.count - 1 - random.below(data)] ^= 1 << UInt8(random.below(8))
                try Files.writeAtomically(changed, to: path)
                #expect(try ResumeFileTests.refusal(path)?.contains("the file is damaged") == true)
            }
            let progress = try #require(good.metadata["hartrain.progress"])
            let changes: [(String, String?)] = [
                ("hartrain.progress", progress.replacing("\"patience_mark\":0.", with: "\"patience_mark\":0.0")),
                (ResumeFile.digestKey, nil), (ResumeFile.digestKey, "0"),
            ]
            for (key, value) in changes {
                var file = good
                file.metadata = [:]
                for member in good.metadata.members where member.key != key { file.metadata.set(member.key, member.value) }
                if let value { file.metadata.set(key, value) }
                #expect(file.metadata != good.metadata)
                try file.write(to: path)
                #expect(try ResumeFileTests.refusal(path)?.contains("the file is damaged") == true, "\(key)")
            }
        }
    }

    /// Whatever single byte is changed, the run goes on from where it was or there is an error.
    @Test func changedBytesGiveTheSameRunOrAnError() throws {
        try ResumeFileTests.withFile { path, stopped in
            let bytes = try Files.read(path)
            var random = Random(seed: 2, stream: .split)
            var refused = 0
            for _ in 0..<300 {
                var changed = bytes
                changed[random.below(min(bytes.count, 3000))] = UInt8(random.below(256))
                try Files.writeAtomically(changed, to: path)
                let trainer = try TestRun.trainer()
                do {
                    try ResumeFile.read(path, into: trainer, identity: ResumeFileTests.identity)
                    #expect(ResumeFileTests.end(trainer) == ResumeFileTests.end(stopped))
                    #expect(trainer.progress == stopped.progress)
                } catch { refused += 1 }
            }
            #expect(refused > 250)
        }
    }

    @Test func theTimeForFilesIsKept() throws {
        try ResumeFileTests.withFile { path, stopped in
            stopped.addInputOutput(seconds: 1.25)
            stopped.addInputOutput(seconds: 0.5)
            try ResumeFile.write(stopped, identity: ResumeFileTests.identity, to: path)
            let resumed = try TestRun.trainer()
            try ResumeFile.read(path, into: resumed, identity: ResumeFileTests.identity)
            #expect(resumed.progress.inputOutputSeconds == 1.75)
        }
    }
}
