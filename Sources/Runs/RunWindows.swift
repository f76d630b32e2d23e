import TimeSeries
import Training

/// The windows of a run, divided.
struct RunWindows {
    let training: WindowSet
    let validation: WindowSet
    let test: WindowSet
    let standardization: Standardization
    /// The classes that no training window is of, also where a trial takes only some of the windows.
    let classesWithoutTraining: [String]

    /// - Throws: A `SplitError`, `StandardizationError` or `WindowError` where a part would be empty.
    init(_ plan: RunPlan) throws {
        let parts = try plan.data.train.split(
            plan.division.split, fraction: plan.division.validationFraction, seed: plan.recipe.seed)
        // A trial takes two batches of each.
        let most = plan.isTrial ? 2 * min(plan.recipe.batch, plan.data.train.count) : Int.max
        func some(_ windows: WindowSet) -> WindowSet { windows.count > most ? windows.prefix(most) : windows }
        classesWithoutTraining = zip(parts.training.format.classes, parts.training.classCounts).filter { $0.1 == 0 }.map(\.0)
        training = some(parts.training)
        validation = some(parts.validation)
        test = some(plan.data.test)
        guard test.count > 0 else {
            throw WindowError(
                message: "\(plan.data.source.name) has no windows to test with: a run scores its best weights on some")
        }
        standardization = try Standardization(of: training, kind: plan.division.standardization)
    }
}
