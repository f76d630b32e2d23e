import StrictJSON
import Testing
import Training

/// Recipes in JSON.
@Suite struct RecipeJSONTests {
    /// Recipes that differ from the default in every field.
    private static let recipes: [Recipe] = {
        var first = Recipe(epochs: 7, batch: 3, learningRate: 0.125)
        first.dropLast = true
        first.optimizer = .sgd(SGD(momentum: 0.9, nesterov: true, weightDecay: 0.01))
        first.schedule = .step(epochs: 4, factor: 0.5)
        first.clip = .value(1.5)
        first.labelSmoothing = 0.1
        first.classWeights = .values([1, 0.5, 2])
        first.seed = UInt64(Int.max)
        first.evaluateEvery = 3
        first.patience = 5
        first.minimumDelta = 0.01
        first.targetAccuracy = 0.99
        first.maximumLanes = 24
        var second = Recipe(epochs: 1, batch: 1, learningRate: 1e-30)
        second.optimizer = .adam(Adam(beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.02))
        second.schedule = .cosine(warmup: 2, floor: 0.1)
        second.clip = .norm(2)
        second.classWeights = .balanced
        return [Recipe(epochs: 1000, batch: 600, learningRate: 1e-4), first, second]
    }()

    @Test(arguments: recipes) func whatIsWrittenReadsBackEqual(recipe: Recipe) throws {
        let text = JSON.object(recipe.json).serialized(pretty: true)
        var read = Recipe(epochs: 1, batch: 2, learningRate: 3)
        try read.apply(try JSON.parse(text), context: "recipe")
        #expect(read == recipe)
    }

    /// So that run records of versions that had always twelve stay as they are, and their runs can be resumed.
    @Test func theUsualLanesAreNotWritten() {
        #expect(RecipeJSONTests.recipes.map { $0.json["maximum_lanes"] } == [nil, 24, nil])
    }

    @Test func fieldsThatAreNotThereLeaveTheRecipeAsItIs() throws {
        for recipe in RecipeJSONTests.recipes {
            var read = recipe
            try read.apply([:], context: "training")
            #expect(read == recipe)
            try read.apply(["epochs": 50, "patience": nil], context: "training")
            var expected = recipe
            expected.epochs = 50
            #expect(read == expected)
        }
    }

    @Test func partsHaveDefaults() throws {
        var recipe = RecipeJSONTests.recipes[1]
        try recipe.apply(
            ["optimizer": ["name": "adam"], "schedule": ["name": "cosine"], "clip": ["by": "none"], "class_weights": "none"],
            context: "training")
        #expect(recipe.optimizer == .adam(Adam()))
        #expect(recipe.schedule == .cosine(warmup: 0, floor: 0))
        #expect(recipe.clip == .none)
        #expect(recipe.classWeights == .none)
    }

    @Test func whatIsWrongIsNamed() {
        let cases: [(JSON, String)] = [
            (3, "training: must be an object, found 3"),
            (["epoch": 3], "training: unknown field 'epoch' (did you mean 'epochs'?)"),
            (["epochs": 1.5], "training: 'epochs' must be a whole number, found 1.5"),
            (["epochs": "3"], "training: 'epochs' must be a whole number, found \"3\""),
            (["drop_last": 1], "training: 'drop_last' must be true or false, found 1"),
            (["maximum_lanes": "all"], "training: 'maximum_lanes' must be a whole number, found \"all\""),
            (["seed": -1], "training: 'seed' must be a whole number of 0 or more, found -1"),
            (["optimizer": "adam"], "training, optimizer: must be an object, found \"adam\""),
            (["optimizer": ["name": "lion"]], "training, optimizer: 'name' must be \"adam\" or \"sgd\""),
            (["optimizer": ["name": "sgd", "beta1": 0.9]], "training, optimizer: unknown field 'beta1'"),
            (["schedule": ["name": "step"]], "training, schedule: 'epochs' is missing"),
            (["schedule": ["name": "linear"]], "training, schedule: 'name' must be"),
            (["clip": ["by": "value"]], "training, clip: 'limit' is missing"),
            (["clip": ["by": "norm", "limit": 1, "at": 2]], "training, clip: unknown field 'at'"),
            (["class_weights": "equal"], "training: 'class_weights' must be \"none\", \"balanced\" or a list of numbers"),
            (["class_weights": [1, "2"]], "training: 'class_weights' must be"),
        ]
        for (json, expected) in cases {
            var recipe = RecipeJSONTests.recipes[0]
            do throws(JSONFieldError) {
                try recipe.apply(json, context: "training")
                Issue.record("accepted: \(json.serialized())")
            } catch {
                #expect("\(error)".hasPrefix(expected), "\(error)")
            }
        }
    }
}
