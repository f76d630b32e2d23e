import StrictJSON

extension Recipe {
    /// Weights of the classes in the loss.
    public enum ClassWeights: Equatable, Sendable {
        /// All 1.
        case none
        /// Rows / (classes x rows of the class), as scikit-learn's "balanced".
        case balanced
        /// One for each class.
        case values([Double])
    }
}

extension Recipe.ClassWeights: RecipeValue {
    var json: JSON {
        switch self {
        case .none: "none"
        case .balanced: "balanced"
        case .values(let weights): .array(weights.map(JSON.number))
        }
    }

    static func take(_ key: String, from fields: inout JSONFields, keeping own: Self) throws(JSONFieldError) -> Self {
        guard let json = try fields.takeIfPresent(key, as: JSON.self) else { return own }
        if let weights = [Double](field: json) { return .values(weights) }
        switch json {
        case "none": return .none
        case "balanced": return .balanced
        default: throw fields.failure(key, mustBe: "\"none\", \"balanced\" or a list of numbers")
        }
    }

    func check(in recipe: Recipe, classes: Int) throws(RecipeError) {
        guard case .values(let weights) = self else { return }
        let setting = Recipe.field(\.classWeights).setting
        guard weights.count == classes else {
            throw RecipeError(setting: setting, reason: "must be \(classes) numbers, not \(weights.count)")
        }
        guard weights.allSatisfy({ $0 == 0 || (1e-30...1e30).contains($0) }), weights.contains(where: { $0 > 0 }) else {
            throw RecipeError(setting: setting, reason: "must be 0 or 1e-30 to 1e30, not all of them 0")
        }
    }

    /// "class weights balanced"; nil where all are 1.
    var words: String? {
        switch self {
        case .none: nil
        case .balanced: "class weights balanced"
        case .values(let weights): "class weights \(weights.map(\.description).joined(separator: " "))"
        }
    }
}
