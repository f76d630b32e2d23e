import Platform
import StrictJSON

extension Recipe {
    /// The name and settings of an optimizer.
    public enum OptimizerChoice: Equatable, Sendable {
        case sgd(SGD)
        case adam(Adam)

        /// The optimizer itself.
        public var optimizer: any Optimizer {
            switch self {
            case .sgd(let sgd): sgd
            case .adam(let adam): adam
            }
        }
    }
}

extension RecipeSetting {
    /// SGD's momentum.
    public static let momentum = RecipeSetting("momentum", option: "momentum")
    /// SGD's choice of Nesterov momentum.
    public static let nesterov = RecipeSetting("Nesterov momentum", option: "nesterov")
    /// The weight decay of either optimizer.
    public static let weightDecay = RecipeSetting("weight decay", option: "weight-decay")
    static let beta1 = RecipeSetting("beta1")
    static let beta2 = RecipeSetting("beta2")
    static let epsilon = RecipeSetting("epsilon")
}

extension Recipe.OptimizerChoice: RecipeChoice {
    var json: JSON {
        switch self {
        case .sgd(let sgd):
            [
                "name": "sgd", "momentum": .number(sgd.momentum), "nesterov": .bool(sgd.nesterov),
                "weight_decay": .number(sgd.weightDecay),
            ]
        case .adam(let adam):
            [
                "name": "adam", "beta1": .number(adam.beta1), "beta2": .number(adam.beta2),
                "epsilon": .number(adam.epsilon), "weight_decay": .number(adam.weightDecay),
            ]
        }
    }

    init(json: JSON, context: String) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        switch try fields.take("name", as: String.self) {
        case "sgd":
            self = .sgd(
                SGD(
                    momentum: try fields.take("momentum", default: 0), nesterov: try fields.take("nesterov", default: false),
                    weightDecay: try fields.take("weight_decay", default: 0)))
        case "adam":
            self = .adam(
                Adam(
                    beta1: try fields.take("beta1", default: 0.9), beta2: try fields.take("beta2", default: 0.999),
                    epsilon: try fields.take("epsilon", default: 1e-8), weightDecay: try fields.take("weight_decay", default: 0)))
        default: throw fields.failure("name", mustBe: "\"adam\" or \"sgd\" (AdamW is adam with \"weight_decay\")")
        }
        try fields.finish()
    }

    func check(in recipe: Recipe, classes: Int) throws(RecipeError) {
        typealias Must = RecipeRequirement<Double>
        switch self {
        case .sgd(let sgd):
            try Must.share.check(sgd.momentum, of: .momentum)
            guard !sgd.nesterov || Float(sgd.momentum) > 0 else {
                throw RecipeError(setting: .nesterov, reason: "needs a momentum above 0")
            }
            try Must.atLeastZero.check(sgd.weightDecay, of: .weightDecay)
        case .adam(let adam):
            try Must.share.check(adam.beta1, of: .beta1)
            try Must.share.check(adam.beta2, of: .beta2)
            try Must.aboveZero.check(adam.epsilon, of: .epsilon)
            try Must.atLeastZero.check(adam.weightDecay, of: .weightDecay)
        }
    }

    /// The name and what is not its default: "adamw, beta1 0.8, weight decay 0.02".
    var words: String {
        var parts = [optimizer.name]
        func note(_ name: String, _ value: Double, unless standard: Double) {
            if value != standard { parts.append("\(name) \(NumberText.significant(value))") }
        }
        switch self {
        case .sgd(let sgd):
            note(sgd.nesterov ? "Nesterov momentum" : "momentum", sgd.momentum, unless: 0)
            note("weight decay", sgd.weightDecay, unless: 0)
        case .adam(let adam):
            let standard = Adam()
            note("beta1", adam.beta1, unless: standard.beta1)
            note("beta2", adam.beta2, unless: standard.beta2)
            note("epsilon", adam.epsilon, unless: standard.epsilon)
            note("weight decay", adam.weightDecay, unless: 0)
        }
        return parts.joined(separator: ", ")
    }
}
