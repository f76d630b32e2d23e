import Platform
import StrictJSON
import Testing
import Training

/// Options on top of the recipe that a model, a file or a run brings.
@Suite struct RecipeOptionsTests {
    /// Runs a dry run of a model with this "training", or of a model of the study.
    private static func run(_ training: String, _ options: [String]) throws -> Command.Outcome {
        try withTemporaryFolder { folder in
            let text = #"""
                {"name": "mine", "input": {"steps": 128, "channels": 9},
                 "layers": [{"layer": "GlobalAveragePool1D"}, {"layer": "Dense", "units": 6}], "training": \#(training)}
                """#
            try Files.writeAtomically(Array(text.utf8), to: folder + "/mine.json")
            let model = options.contains("--model") ? [] : ["--model", "mine.json"]
            return try Command(in: folder).run(model + options + ["--data", "synthetic", "--dry-run", "--json"])
        }
    }

    /// A part of the recipe that results.
    private static func result(_ training: String, _ part: String, _ options: String...) throws -> JSON? {
        let outcome = try run(training, options + ["--quiet"])
        #expect(outcome.code == 0, "\(options): \(outcome.errors)")
        return outcome.code == 0 ? try JSON.parse(outcome.output)["recipe"]?[part] : nil
    }

    /// The recipe as the header says it.
    private static func header(_ training: String, _ options: String...) throws -> String {
        let outcome = try run(training, options)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let line = try #require(outcome.errorLines.first { $0.hasPrefix("recipe    ") })
        return String(line.dropFirst(10))
    }

    private static func adam(beta1: JSON, weightDecay: JSON) -> JSON {
        ["name": "adam", "beta1": beta1, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": weightDecay]
    }

    private static let adamw = #"{"optimizer": {"name": "adam", "beta1": 0.8, "weight_decay": 0.02}}"#
    private static let cosine = #"{"epochs": 9, "schedule": {"name": "cosine", "warmup": 2, "floor": 0.125}}"#

    @Test func optimizersKeepWhatIsNotChanged() throws {
        func optimizer(_ options: String...) throws -> JSON? {
            let outcome = try RecipeOptionsTests.run(RecipeOptionsTests.adamw, options + ["--quiet"])
            #expect(outcome.code == 0, "\(options): \(outcome.errors)")
            return outcome.code == 0 ? try JSON.parse(outcome.output)["recipe"]?["optimizer"] : nil
        }
        #expect(try optimizer("--weight-decay", "0.5") == RecipeOptionsTests.adam(beta1: 0.8, weightDecay: 0.5))
        #expect(try optimizer("--optimizer", "adamw") == RecipeOptionsTests.adam(beta1: 0.8, weightDecay: 0.02))
        #expect(try optimizer("--optimizer", "adam") == RecipeOptionsTests.adam(beta1: 0.8, weightDecay: 0.0))
        #expect(
            try optimizer("--optimizer", "sgd", "--momentum", "0.5")
                == ["name": "sgd", "momentum": 0.5, "nesterov": false, "weight_decay": 0.0])
        let adam = #"{"optimizer": {"name": "adam", "beta1": 0.8}}"#
        let decayed = try RecipeOptionsTests.result(adam, "optimizer", "--optimizer", "adamw")
        #expect(decayed == RecipeOptionsTests.adam(beta1: 0.8, weightDecay: 0.01))
        let sgd = #"{"optimizer": {"name": "sgd", "momentum": 0.5}}"#
        let nesterov = try RecipeOptionsTests.result(sgd, "optimizer", "--nesterov")
        #expect(nesterov == ["name": "sgd", "momentum": 0.5, "nesterov": true, "weight_decay": 0.0])
    }

    @Test func schedulesKeepWhatIsNotChanged() throws {
        func cosine(_ warmup: JSON, _ floor: JSON) -> JSON { ["name": "cosine", "warmup": warmup, "floor": floor] }
        let file = RecipeOptionsTests.cosine
        #expect(try RecipeOptionsTests.result(file, "schedule", "--warmup", "0") == cosine(0, 0.125))
        #expect(try RecipeOptionsTests.result(file, "schedule", "--schedule", "cosine") == cosine(2, 0.125))
        #expect(try RecipeOptionsTests.result(file, "schedule", "--schedule", "constant") == ["name": "constant"])
        let step = #"{"schedule": {"name": "step", "epochs": 7, "factor": 0.25}}"#
        #expect(
            try RecipeOptionsTests.result(step, "schedule", "--step-factor", "0.5")
                == ["name": "step", "epochs": 7, "factor": 0.5])
        // The model's own schedule is a cosine then.
        let lstm = try RecipeOptionsTests.result("{}", "schedule", "--model", "lstm", "--batch", "1", "--warmup", "1")
        #expect(lstm == cosine(1, 0.0))
    }

    @Test func optionsChangeARunThatIsRepeated() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            let common = ["--data", "synthetic", "--dry-run", "--quiet", "--json"]
            let recipe = ["--optimizer", "adamw", "--schedule", "cosine", "--warmup", "2"]
            let run = try command.run(try TinyModel.write(to: folder).prefix(2) + recipe + common)
            // The record of a dry run says one epoch, into which no warm-up fits.
            var record = try #require(try JSON.parse(run.output).asObject)
            var changed = try #require(record["recipe"]?.asObject)
            changed.set("epochs", 5)
            record.set("recipe", .object(changed))
            try Files.writeAtomically(Array(JSON.object(record).serialized().utf8), to: folder + "/run.json")
            let repeated = try command.run(["--config", "run.json", "--weight-decay", "0.5", "--warmup", "0"] + common)
            #expect(repeated.code == 0, "\(repeated.errors)")
            let result = try JSON.parse(repeated.output)["recipe"]
            #expect(result?["optimizer"]?["weight_decay"] == 0.5)
            #expect(result?["schedule"]?["warmup"] == 0)

            changed.set("learning_rate", -1)
            record.set("recipe", .object(changed))
            try Files.writeAtomically(Array(JSON.object(record).serialized().utf8), to: folder + "/run.json")
            let refused = try command.run(["--config", "run.json", "--lr", "1"] + common)
            #expect(refused.code == 1)
            #expect(
                refused.errors
                    == "error: run.json: recipe: learning rate must be a number above 0 (1.4e-45 to 3.4e38), not -1.0\n")
        }
    }

    /// The warm-up that the user did not give is no reason to refuse the epochs that the user gave.
    @Test func aWarmUpOfAFileGivesWayToFewerEpochs() throws {
        for (epochs, warmup, words) in [("2", 1, "1 epoch"), ("1", 0, "0 epochs")] as [(String, JSON, String)] {
            let outcome = try RecipeOptionsTests.run(RecipeOptionsTests.cosine, ["--epochs", epochs, "--quiet"])
            #expect(outcome.code == 0)
            #expect(outcome.errors == "note: the warm-up of 2 epochs does not fit a run of \(epochs): shortened to \(words)\n")
            #expect(try JSON.parse(outcome.output)["recipe"]?["schedule"]?["warmup"] == warmup)
        }
        let enough = try RecipeOptionsTests.run(RecipeOptionsTests.cosine, ["--epochs", "3", "--quiet"])
        #expect(enough.errors == "")
        let zero = try RecipeOptionsTests.run(RecipeOptionsTests.cosine, ["--epochs", "0", "--quiet"])
        #expect(zero.code == 2)
        #expect(zero.errors.hasPrefix("error: --epochs must be a whole number of 1 to 1000000000, not 0"), "\(zero.errors)")
    }

    @Test func clippingCanBeSwitchedOff() throws {
        let lstm = ["--model", "lstm", "--batch", "1"]
        #expect(try RecipeOptionsTests.result("{}", "clip", lstm[0], lstm[1], lstm[2], lstm[3]) == ["by": "value", "limit": 1.0])
        for option in ["--clip-value", "--clip-norm"] {
            let clip = try RecipeOptionsTests.result("{}", "clip", lstm[0], lstm[1], lstm[2], lstm[3], option, "0")
            #expect(clip == ["by": "none"], "\(option)")
        }
        #expect(
            try RecipeOptionsTests.result("{}", "clip", "--model", "lstm", "--clip-norm", "2") == ["by": "norm", "limit": 2.0])
    }

    @Test func theHeaderSaysAllOfTheRecipe() throws {
        let plain = try RecipeOptionsTests.header(#"{"batch": 64, "learning_rate": 0.001}"#, "--threads", "1")
        #expect(plain == "1 epoch, batch 64, adam, learning rate 0.001, seed 0; 1 thread")
        let sgd = try RecipeOptionsTests.header(
            "{}", "--optimizer", "sgd", "--momentum", "0.9", "--nesterov", "--weight-decay", "0.001", "--lr", "0.01",
            "--schedule",
            "step", "--step-epochs", "1", "--clip-norm", "2", "--label-smoothing", "0.1", "--class-weights", "1,2,1,1,1,0.5",
            "--evaluate-every", "5", "--patience", "3", "--min-delta", "0.01", "--drop-last", "--threads", "2", "--batch", "64")
        #expect(
            sgd == "1 epoch, batch 64, last batch dropped, sgd, Nesterov momentum 0.9, weight decay 0.001, learning rate 0.01, "
                + "times 0.1 every 1 epoch, gradient norm clipped to 2.0, label smoothing 0.1, "
                + "class weights 1.0 2.0 1.0 1.0 1.0 0.5, evaluated every 5 epochs, patience 3 for 0.01, seed 0; 2 threads")
        let adamw = try RecipeOptionsTests.header(
            #"{"batch": 64, "optimizer": {"name": "adam", "beta1": 0.8, "beta2": 0.9, "epsilon": 0.001, "weight_decay": 0.02}}"#,
            "--schedule", "cosine", "--warmup", "1", "--class-weights", "balanced", "--threads", "1")
        #expect(
            adamw == "1 epoch, batch 64, adamw, beta1 0.8, beta2 0.9, epsilon 0.001, weight decay 0.02, learning rate 0.0001, "
                + "cosine after 1 epoch of warm-up, class weights balanced, seed 0; 1 thread")
        let floor = try RecipeOptionsTests.header(RecipeOptionsTests.cosine, "--momentum", "0.5", "--optimizer", "sgd")
        #expect(floor.contains("sgd, momentum 0.5, "))
        #expect(try RecipeOptionsTests.header(#"{"maximum_lanes": 24}"#).contains(", at most 24 lanes, seed 0; "))
        #expect(try RecipeOptionsTests.result(#"{"maximum_lanes": 24}"#, "maximum_lanes") == 24)
        #expect(floor.contains("cosine to 0.125 of it after 2 epochs of warm-up"))
    }

    /// An option that the table of fields names is one of the command, and one that counts as given.
    @Test func theOptionsOfTheTableAreThoseOfTheCommand() throws {
        let command = Command(in: "/tmp")
        let parts: [RecipeSetting] = [
            .momentum, .nesterov, .weightDecay, .warmup, .stepEpochs, .stepFactor, .clipValue, .clipNorm,
        ]
        let options = (Recipe.fields.map(\.setting) + parts).compactMap(\.option)
        #expect(options.count > 15)
        let values = ["optimizer": ["sgd"], "schedule": ["step"], "drop-last": [], "nesterov": []]
        for option in options {
            let outcome = try command.run(["--resume", "folder", "--" + option] + (values[option] ?? ["1"]))
            // A run that is resumed may be told how long to go on.
            let isAllowed = ["epochs", "patience", "min-delta", "target-accuracy"].contains(option)
            #expect(
                outcome.errors.contains(
                    isAllowed ? "folder/run.json: cannot read it" : "--target-accuracy): leave out --\(option) (see"),
                "\(outcome.errors)")
        }
    }

    @Test func theFastRecipe() throws {
        func fast(_ part: String, _ options: String...) throws -> JSON? {
            let outcome = try RecipeOptionsTests.run("{}", ["--recipe", "fast", "--quiet"] + options)
            #expect(outcome.code == 0, "\(options): \(outcome.errors)")
            return outcome.code == 0 ? try JSON.parse(outcome.output)["recipe"]?[part] : nil
        }
        #expect(try fast("batch") == 32)
        #expect(try fast("learning_rate") == 0.002)
        #expect(try fast("target_accuracy") == 0.99)
        #expect(try fast("schedule")?["name"] == "cosine")
        // Other options change it; what it says nothing of stays the model's.
        #expect(try fast("batch", "--batch", "16") == 16)
        #expect(try fast("clip", "--model", "lstm")?["by"] == "value")
        #expect(try RecipeOptionsTests.result("{}", "batch", "--recipe", "standard") == 600)
    }
}
