/// The steps of an epoch, from which its time is computed where it takes too long to be timed.
public struct EpochSteps: Equatable, Sendable {
    /// Windows of the epoch.
    public let windows: Int
    /// Windows of a step.
    public let batch: Int

    /// The steps of an epoch.
    /// - Precondition: A step has at least one window.
    public init(windows: Int, batch: Int) {
        precondition(batch > 0, "a step has no windows")
        self.windows = windows
        self.batch = batch
    }

    /// Steps of a whole batch.
    public var full: Int { windows / batch }

    /// Windows of the step that is left over; 0: there is none.
    public var last: Int { windows % batch }

    /// The seconds of the epoch.
    /// - Parameters:
    ///   - step: The seconds of a step of a whole batch.
    ///   - lastStep: The seconds of the smaller step at the end; nothing where there is none.
    public func seconds(step: Double, lastStep: Double) -> Double {
        Double(full) * step + (last > 0 ? lastStep : 0)
    }

    /// The seconds of the epoch as far as a step of a whole batch tells: the last one takes as long for each window.
    public func estimate(step: Double) -> Double { seconds(step: step, lastStep: step * Double(last) / Double(batch)) }

    /// Whether not even one epoch fits a plan's budget, so that it is computed.
    ///
    /// An epoch of a single step is not: there is nothing shorter to compute it from.
    /// - Parameter step: The seconds of a step of a whole batch.
    public func exceeds(_ plan: Samples.Plan, step: Double) -> Bool {
        guard full > 0, full > 1 || last > 0, let budget = plan.budget else { return false }
        return estimate(step: step) > budget
    }
}
