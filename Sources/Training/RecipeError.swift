/// A recipe that cannot be followed: which setting, and what it must be.
public struct RecipeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A setting of a recipe, by its name in words.
    public enum Setting: String, Sendable {
        case epochs
        case batch
        case learningRate = "learning rate"
        case momentum
        case nesterov = "Nesterov momentum"
        case weightDecay = "weight decay"
        case beta1
        case beta2
        case epsilon
        case stepEpochs = "epochs of a step"
        case stepFactor = "factor of a step"
        case warmup = "warm-up"
        case floor
        case clipValue = "limit of gradient values"
        case clipNorm = "limit of the gradient norm"
        case labelSmoothing = "label smoothing"
        case classWeights = "class weights"
        case evaluateEvery = "epochs between evaluations"
        case patience
        case minimumDelta = "minimum delta"
        case targetAccuracy = "target accuracy"
    }

    /// The setting at fault.
    public let setting: Setting
    /// What it must be and is not: "must be above 0, not -1.0".
    public let reason: String

    /// The setting in words and the reason.
    public var description: String { "\(setting.rawValue) \(reason)" }
}

extension Recipe {
    /// The largest count that a recipe may hold (epochs, windows of a batch): a larger one is a typing error.
    static let largestCount = 1_000_000_000

    /// Checks that every setting is within its range, in the single precision that training computes with: there 1e-60 is 0.
    /// - Parameter classes: The number of classes of the data.
    /// - Throws: A `RecipeError` for the first that is not.
    public func validate(classes: Int) throws(RecipeError) {
        func check(_ condition: Bool, _ setting: RecipeError.Setting, _ reason: String) throws(RecipeError) {
            guard condition else { throw RecipeError(setting: setting, reason: reason) }
        }
        func isPositive(_ value: Double) -> Bool { Float(value) > 0 && Float(value).isFinite }
        func isNotNegative(_ value: Double) -> Bool { value >= 0 && Float(value).isFinite }
        func isShare(_ value: Double) -> Bool { value >= 0 && Float(value) < 1 }
        func checkCount(_ value: Int, _ setting: RecipeError.Setting) throws(RecipeError) {
            try check(
                value >= 1 && value <= Recipe.largestCount, setting, "must be a whole number of at least 1, not \(value)")
        }
        try checkCount(epochs, .epochs)
        try checkCount(batch, .batch)
        try checkCount(evaluateEvery, .evaluateEvery)
        try check(isPositive(learningRate), .learningRate, "must be a number above 0, not \(learningRate)")
        try check(
            isShare(labelSmoothing), .labelSmoothing, "must be at least 0 and below 1, not \(labelSmoothing)")
        if let patience { try checkCount(patience, .patience) }
        try check(minimumDelta >= 0 && minimumDelta < 1, .minimumDelta, "must be at least 0 and below 1, not \(minimumDelta)")
        if let targetAccuracy {
            try check(
                targetAccuracy > 0 && targetAccuracy <= 1, .targetAccuracy,
                "must be above 0 and at most 1 (0.99 is 99 %), not \(targetAccuracy)")
        }
        switch clip {
        case .none: break
        case .value(let limit): try check(isPositive(limit), .clipValue, "must be above 0, not \(limit)")
        case .norm(let limit): try check(isPositive(limit), .clipNorm, "must be above 0, not \(limit)")
        }
        switch schedule {
        case .constant: break
        case .step(let every, let factor):
            try checkCount(every, .stepEpochs)
            try check(isPositive(factor) && factor <= 1, .stepFactor, "must be above 0 and at most 1, not \(factor)")
        case .cosine(let warmup, let floor):
            try check(warmup >= 0 && warmup < epochs, .warmup, "must be at least 0 and below the epochs, not \(warmup)")
            try check(floor >= 0 && floor <= 1, .floor, "must be 0 to 1, not \(floor)")
        }
        switch optimizer {
        case .sgd(let sgd):
            try check(isShare(sgd.momentum), .momentum, "must be at least 0 and below 1, not \(sgd.momentum)")
            try check(!sgd.nesterov || Float(sgd.momentum) > 0, .nesterov, "needs a momentum above 0")
            try check(
                isNotNegative(sgd.weightDecay), .weightDecay, "must be at least 0, not \(sgd.weightDecay)")
        case .adam(let adam):
            for (setting, beta) in [(RecipeError.Setting.beta1, adam.beta1), (.beta2, adam.beta2)] {
                try check(isShare(beta), setting, "must be at least 0 and below 1, not \(beta)")
            }
            try check(isPositive(adam.epsilon), .epsilon, "must be above 0, not \(adam.epsilon)")
            try check(
                isNotNegative(adam.weightDecay), .weightDecay, "must be at least 0, not \(adam.weightDecay)")
        }
        if case .values(let weights) = classWeights {
            try check(weights.count == classes, .classWeights, "must be \(classes) numbers, not \(weights.count)")
            try check(
                weights.allSatisfy { $0 == 0 || (1e-30...1e30).contains($0) } && weights.contains { $0 > 0 }, .classWeights,
                "must be 0 or 1e-30 to 1e30, not all of them 0")
        }
    }
}
