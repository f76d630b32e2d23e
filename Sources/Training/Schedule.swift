import Glibc
import Platform
import StrictJSON

/// How the learning rate changes over a run.
public enum Schedule: Equatable, Sendable {
    /// The recipe's learning rate in every step.
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

extension RecipeSetting {
    /// The epochs of a cosine's warm-up.
    public static let warmup = RecipeSetting("warm-up", option: "warmup")
    /// The epochs between the steps of a step schedule.
    public static let stepEpochs = RecipeSetting("epochs of a step", option: "step-epochs")
    /// The factor of each step.
    public static let stepFactor = RecipeSetting("factor of a step", option: "step-factor")
    static let floor = RecipeSetting("floor")
}

extension Schedule: RecipeChoice {
    var json: JSON {
        switch self {
        case .constant: ["name": "constant"]
        case .step(let epochs, let factor): ["name": "step", "epochs": .integer(epochs), "factor": .number(factor)]
        case .cosine(let warmup, let floor): ["name": "cosine", "warmup": .integer(warmup), "floor": .number(floor)]
        }
    }

    init(json: JSON, context: String) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        switch try fields.take("name", as: String.self) {
        case "constant": self = .constant
        case "step":
            self = .step(epochs: try fields.take("epochs", as: Int.self), factor: try fields.take("factor", default: 0.1))
        case "cosine":
            self = .cosine(warmup: try fields.take("warmup", default: 0), floor: try fields.take("floor", default: 0))
        default: throw fields.failure("name", mustBe: "\"constant\", \"step\" or \"cosine\"")
        }
        try fields.finish()
    }

    func check(in recipe: Recipe, classes: Int) throws(RecipeError) {
        switch self {
        case .constant: break
        case .step(let every, let factor):
            try RecipeRequirement.count.check(every, of: .stepEpochs)
            try RecipeRequirement.aboveZeroToOne.check(factor, of: .stepFactor)
        case .cosine(let warmup, let floor):
            let fits = RecipeRequirement<Int>(mustBe: "at least 0 and below the epochs") { $0 >= 0 && $0 < recipe.epochs }
            try fits.check(warmup, of: .warmup)
            try RecipeRequirement.zeroToOne.check(floor, of: .floor)
        }
    }

    /// "cosine after 1 epoch of warm-up"; nil where the rate stays.
    var words: String? {
        switch self {
        case .constant: return nil
        case .step(let epochs, let factor): return "times \(factor) every \(NumberText.count(epochs, "epoch"))"
        case .cosine(let warmup, let floor):
            let end = floor > 0 ? " to \(floor) of it" : ""
            return "cosine\(end)" + (warmup > 0 ? " after \(NumberText.count(warmup, "epoch")) of warm-up" : "")
        }
    }
}
