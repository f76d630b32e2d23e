import TimeSeries
import Training

/// The windows of a run, divided.
struct RunWindows {
    let training: WindowSet
    let validation: WindowSet
    let test: WindowSet
    let standardization: Standardization

    /// - Throws: A `SplitError` or `StandardizationError` where a part would be empty.
    init(_ plan: RunPlan) throws {
        let parts = try plan.data.train.split(
            plan.division.split, fraction: plan.division.validationFraction, seed: plan.recipe.seed)
        // A trial takes two batches of each.
        let most = plan.isTrial ? 2 * min(plan.recipe.batch, plan.data.train.count) : Int.max
        func some(_ windows: WindowSet) -> WindowSet { windows.count > most ? windows.prefix(most) : windows }
        training = some(parts.training)
        validation = some(parts.validation)
        test = some(plan.data.test)
        standardization = try Standardization(of: training, kind: plan.division.standardization)
    }
}
