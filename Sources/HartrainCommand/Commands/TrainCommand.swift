import CommandSupport
import ArgumentParser
import Platform

/// Trains a model and scores its best weights.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model on UCI HAR, score its best weights, and keep everything in a run folder.",
        discussion: """
            Results go to standard output, everything else to standard error. The
            best weights by validation accuracy are scored on the training,
            validation and test windows; the test windows are of volunteers never
            trained on. On one kind of CPU the same seed and data give the same
            bytes in best.safetensors and last.safetensors, for any number of
            threads and after any interruption.

            EXAMPLES
              hartrain --model cnn --epochs 1000 --batch 600
              hartrain --model lstm --epochs 15 --batch 1
              hartrain --model my-model.json --epochs 50 --schedule cosine --lr 1e-3
              hartrain --data synthetic --epochs 20 --json > result.json
              hartrain --resume Checkpoints/cnn-1
              hartrain --resume Checkpoints/cnn-1 --epochs 2000
              hartrain --config Checkpoints/cnn-1/run.json --seed 7
              hartrain --model cnn --upload s3://models/har
            """)

    @OptionGroup(title: "Model and data")
    var model: ModelArguments
    @OptionGroup(title: "Model and data")
    var data: DataArguments
    @OptionGroup(title: "Model and data")
    var division: DivisionArguments
    @OptionGroup(title: "Recipe")
    var recipe: RecipeArguments
    @OptionGroup(title: "Run")
    var options: RunArguments
    @OptionGroup(title: "Object store, for --upload")
    var store: StoreArguments

    func validate() throws {
        try options.validate()
        guard model.name == nil || options.config == nil else {
            throw ValidationError("--model and --config exclude each other: the run.json says which model")
        }
        guard options.resume != nil else { return }
        let given =
            recipe.given.filter { !RecipeArguments.continuing.contains($0) } + (model.name == nil ? [] : ["--model"])
            + (division.isEmpty ? [] : ["the split"])
        guard given.isEmpty, options.config == nil, options.out == nil else {
            throw ValidationError(
                "--resume takes model, recipe and folder from the run (but for --epochs, --patience, --min-delta and "
                    + "--target-accuracy): leave out "
                    + (given + (options.config == nil ? [] : ["--config"]) + (options.out == nil ? [] : ["--out"])).joined(
                        separator: ", "))
        }
    }

    func run() throws {
        let setup = try TrainingSetup(self)
        if options.summary {
            try setup.printSummary()
            return
        }
        if let note = setup.note { Terminal.write("note: \(note)\n", to: .standardError) }
        Interruption.install()
        guard options.dryRun else {
            try TrainingPresentation(setup).go()
            return
        }
        try withTemporaryFolder { try TrainingPresentation(setup, trialFolder: $0).go() }
    }
}
