import Layers
import Models
import StrictJSON
import TimeSeries
import Training

/// What a run is made of: a model, a recipe, data, a place, and how to go about the work.
public struct RunPlan: Sendable {
    /// The folder of a run.
    public enum Place: Sendable {
        /// A folder that must not exist.
        case folder(String)
        /// The first folder of the model's name with a number that does not exist, within another.
        case numbered(in: String)
        /// The folder of a run that stopped: it goes on from there.
        case resumed(RunFolder)
        /// A folder that exists, for a trial of one epoch of two batches.
        case trial(String)
    }

    /// The model.
    public var model: ModelDescription
    /// The kinds of layers that the model may have, by which its weights are read back.
    public var kinds = LayerKinds.standard
    /// How it is trained; valid for the data's classes (`Recipe.validate`).
    public var recipe: Recipe
    /// The data to train on and to test with.
    public var data: Dataset
    /// How its training windows are divided and standardised.
    public var division: Division
    /// Where the run is kept.
    public var place: Place
    /// Threads that work; the result does not depend on them.
    public var threads: Int
    /// The program's arguments, for the record.
    public var arguments: [String]
    /// The least time between two checkpoints, in seconds; 0: one after each epoch.
    public var checkpointEvery = 10.0
    /// Whether the run also writes its curves for TensorBoard.
    public var writesEvents = false
    /// Where the data was found, for the record: a whole path.
    public var dataPath: String?
    /// Where the recipe of a resumed run is no longer the one that it stopped with: that one. It goes on from there by the new recipe;
    /// a schedule that depends on the number of epochs is from then on that of the new number.
    public var continuedRecipe: Recipe?
    /// What reading the data took, in seconds, for the record.
    public var inputSeconds = 0.0
    /// What publishes the best weights at the end, if that is wanted. Whether it can, its `check` finds out before hours of training.
    public var publisher: Publisher?

    /// A plan of these parts.
    public init(
        model: ModelDescription, recipe: Recipe, data: Dataset, division: Division = Division(), place: Place, threads: Int,
        arguments: [String] = []
    ) {
        self.model = model
        self.recipe = recipe
        self.data = data
        self.division = division
        self.place = place
        self.threads = threads
        self.arguments = arguments
    }

    /// Whether the run is a trial of two batches, which is not published.
    var isTrial: Bool {
        if case .trial = place { true } else { false }
    }

    /// What a resumed run must have in common with the stopped one.
    /// - Parameter recipe: The recipe that it is, or was, trained by.
    func identity(_ recipe: Recipe) -> ResumeFile.Identity {
        ResumeFile.Identity(
            dataHash: data.hash, modelDescription: .object(model.json), recipe: .object(recipe.json),
            division: .object(division.json), classes: data.format.classes)
    }
}
