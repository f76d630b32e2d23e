import Layers
import StrictJSON

extension Recipe {
    /// The recipe as run records hold it and model files may ("training").
    public var json: JSONObject {
        [
            "epochs": .integer(epochs),
            "batch": .integer(batch),
            "drop_last": .bool(dropLast),
            "learning_rate": .number(learningRate),
            "optimizer": .object(optimizer.json),
            "schedule": .object(schedule.json),
            "clip": .object(clip.json),
            "label_smoothing": .number(labelSmoothing),
            "class_weights": classWeights.json,
            "seed": .integer(Int(seed)),
            "evaluate_every": .integer(evaluateEvery),
            "patience": patience.map(JSON.integer) ?? .null,
            "minimum_delta": .number(minimumDelta),
            "target_accuracy": targetAccuracy.map(JSON.number) ?? .null,
        ]
    }

    /// Changes the recipe by the fields of an object; fields that are not there leave it as it is.
    /// - Throws: A `JSONFieldError` that names the field.
    public mutating func apply(_ json: JSON, context: String) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        epochs = try fields.take("epochs", default: epochs)
        batch = try fields.take("batch", default: batch)
        dropLast = try fields.take("drop_last", default: dropLast)
        learningRate = try fields.take("learning_rate", default: learningRate)
        if let choice = try fields.takeIfPresent("optimizer", as: JSON.self) {
            optimizer = try OptimizerChoice(json: choice, context: "\(context), optimizer")
        }
        if let choice = try fields.takeIfPresent("schedule", as: JSON.self) {
            schedule = try Schedule(json: choice, context: "\(context), schedule")
        }
        if let choice = try fields.takeIfPresent("clip", as: JSON.self) {
            clip = try GradientClip(json: choice, context: "\(context), clip")
        }
        labelSmoothing = try fields.take("label_smoothing", default: labelSmoothing)
        if let choice = try fields.takeIfPresent("class_weights", as: JSON.self) {
            classWeights = try ClassWeights(json: choice, fields)
        }
        let seedValue = try fields.take("seed", default: Int(seed))
        guard seedValue >= 0 else { throw fields.failure("seed", mustBe: "a whole number of 0 or more") }
        seed = UInt64(seedValue)
        evaluateEvery = try fields.take("evaluate_every", default: evaluateEvery)
        patience = try fields.takeIfPresent("patience", as: Int.self) ?? patience
        minimumDelta = try fields.take("minimum_delta", default: minimumDelta)
        targetAccuracy = try fields.takeIfPresent("target_accuracy", as: Double.self) ?? targetAccuracy
        try fields.finish()
    }
}

extension Recipe.OptimizerChoice {
    var json: JSONObject {
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
}

extension Schedule {
    var json: JSONObject {
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
}

extension GradientClip {
    var json: JSONObject {
        switch self {
        case .none: ["by": "none"]
        case .value(let limit): ["by": "value", "limit": .number(limit)]
        case .norm(let limit): ["by": "norm", "limit": .number(limit)]
        }
    }

    init(json: JSON, context: String) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        switch try fields.take("by", as: String.self) {
        case "none": self = .none
        case "value": self = .value(try fields.take("limit", as: Double.self))
        case "norm": self = .norm(try fields.take("limit", as: Double.self))
        default: throw fields.failure("by", mustBe: "\"none\", \"value\" or \"norm\"")
        }
        try fields.finish()
    }
}

extension Recipe.ClassWeights {
    var json: JSON {
        switch self {
        case .none: "none"
        case .balanced: "balanced"
        case .values(let weights): .array(weights.map(JSON.number))
        }
    }

    init(json: JSON, _ fields: JSONFields) throws(JSONFieldError) {
        if let weights = [Double](field: json) {
            self = .values(weights)
        } else if json == "none" {
            self = .none
        } else if json == "balanced" {
            self = .balanced
        } else {
            throw fields.failure("class_weights", mustBe: "\"none\", \"balanced\" or a list of numbers")
        }
    }
}
