import Glibc

/// How the learning rate changes over a run.
public enum Schedule: Equatable, Sendable {
    case constant
    /// Times `factor` after every `epochs` epochs.
    case step(epochs: Int, factor: Double)
    /// A linear rise over `warmup` epochs, then half a cosine down to `floor` times the rate at the run's end
    /// (Loshchilov and Hutter, "SGDR", 2017).
    case cosine(warmup: Int, floor: Double)

    /// The factor of the learning rate at a step.
    /// - Parameters:
    ///   - step: The number of the step in the run, from 0.
    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
        switch self {
        case .constant:
            return 1
        case .step(let every, let factor):
            return (0..<step / stepsPerEpoch / every).reduce(1) { product, _ in product * factor }
        case .cosine(let warmup, let floor):
            let rise = warmup * stepsPerEpoch
            if step < rise { return Double(step + 1) / Double(rise) }
            let total = max(1, epochs * stepsPerEpoch - rise)
            let progress = min(1, Double(step - rise) / Double(total))
            return floor + (1 - floor) * 0.5 * (1 + cos(.pi * progress))
        }
    }
}
