import Benchmarking
import Layers
import Training

/// What `hartrain bench` measures: every model with every batch and number of threads.
struct BenchPlan {
    /// A model with the recipe that it is trained by, for each batch.
    struct Model {
        let description: ModelDescription
        let recipe: (_ batch: Int) -> Recipe
    }

    let models: [Model]
    let batches: [Int]
    let threads: [Int]
    let isTraining: Bool
    let isPerLayer: Bool
    let sampling: Samples.Plan

    /// The plan of calls that are known to be long, such as epochs and starts: one warms up.
    var longSampling: Samples.Plan {
        var plan = sampling
        plan.warmup = plan.warmup ?? 1
        return plan
    }

    /// Windows of an epoch: those that the study's split leaves for training.
    static let epochWindows = 5514
}
