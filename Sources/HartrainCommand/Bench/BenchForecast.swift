import Benchmarking
import Layers
import Models
import Platform
import Training

/// About how long `hartrain bench` will take, from a call of each kind of work.
struct BenchForecast {
    /// About the seconds of all rows.
    private(set) var seconds = 0.0
    /// The rows that there will be.
    private(set) var rows = 0

    /// About what a start or a loading takes: so little that the plan's seconds decide.
    private static let startSeconds = 0.02

    /// A call that takes less is tried twice.
    private static let shortSeconds = 0.1

    /// Tries calls of few windows.
    /// - Parameter check: Called before each of them; what it throws ends the trying.
    init(_ plan: BenchPlan, beforeEachCall check: () throws(Interrupted) -> Void) throws(Interrupted) {
        for model in plan.models {
            for _ in 0..<2 { add(plan.sampling.seconds(each: BenchForecast.startSeconds)) }
            for threads in plan.threads {
                let (predictions, steps) = try BenchForecast.times(model, plan, threads: threads, check)
                for batch in plan.batches {
                    if let call = predictions.seconds(windows: batch) { add(plan.sampling.seconds(each: call)) }
                    if let step = steps?.seconds(windows: batch) { addTraining(plan, batch: batch, step: step) }
                }
            }
            guard plan.isPerLayer, let stages = (try? Model(model.description, maximumRows: 1))?.stages.count else { continue }
            let (predictions, steps) = try BenchForecast.times(model, plan, threads: 1, check)
            for batch in plan.batches {
                // All layers together, once to warm up and once under the clock.
                if let call = predictions.seconds(windows: batch) {
                    add(2 * plan.sampling.twice.seconds(each: call), rows: stages)
                }
                if let step = steps?.seconds(windows: batch) {
                    add(2 * plan.sampling.twice.seconds(each: step), rows: 2 * stages)
                }
            }
        }
    }

    private mutating func add(_ seconds: Double, rows count: Int = 1) {
        self.seconds += seconds
        rows += count
    }

    /// The rows of a step and of its epoch.
    private mutating func addTraining(_ plan: BenchPlan, batch: Int, step: Double) {
        add(plan.sampling.seconds(each: step))
        let epoch = EpochSteps(windows: BenchPlan.epochWindows, batch: batch)
        if epoch.exceeds(plan.longSampling, step: step) {
            add(epoch.last > 0 ? plan.sampling.seconds(each: step * Double(epoch.last) / Double(batch)) : 0)
        } else {
            add(plan.longSampling.seconds(each: epoch.estimate(step: step)))
        }
    }

    /// About what predictions and steps take.
    private static func times(
        _ model: BenchPlan.Model, _ plan: BenchPlan, threads: Int, _ check: () throws(Interrupted) -> Void
    ) throws(Interrupted) -> (predictions: CallTimes, steps: CallTimes?) {
        func time(_ work: () throws -> Workload) -> Double? {
            // What cannot be measured is said when its row comes.
            guard let work = try? work() else { return nil }
            func once() -> Double {
                let watch = Stopwatch()
                work.run()
                return watch.seconds
            }
            // The first call asks for memory, which counts in a short one.
            let first = once()
            return first < BenchForecast.shortSeconds ? min(first, once()) : first
        }
        let predictions = try CallTimes(of: plan.batches) { (windows) throws(Interrupted) in
            try check()
            return time { try .prediction(model.description, windows: windows, threads: threads) }
        }
        guard plan.isTraining else { return (predictions, nil) }
        let steps = try CallTimes(of: plan.batches) { (windows) throws(Interrupted) in
            try check()
            return time { try .step(model.description, recipe: model.recipe(windows), threads: threads) }
        }
        return (predictions, steps)
    }

    /// "about 3 min for 24 rows".
    var text: String { "about \(NumberText.about(seconds)) for \(NumberText.count(rows, "row"))" }
}
