/// What a number of a recipe must be, in the single precision that training computes with: there 1e-60 is 0.
struct RecipeRequirement<Value>: Sendable {
    /// Why a value is refused: "must be above 0, not -1.0"; nil where it is not.
    let problem: @Sendable (Value) -> String?

    init(_ problem: @escaping @Sendable (Value) -> String?) {
        self.problem = problem
    }

    init(mustBe words: String, _ isMet: @escaping @Sendable (Value) -> Bool) {
        problem = { isMet($0) ? nil : "must be \(words), not \($0)" }
    }

    /// The same of a setting that may be missing.
    var ifAny: RecipeRequirement<Value?> {
        let problem = problem
        return RecipeRequirement<Value?> { $0.flatMap(problem) }
    }

    /// - Throws: A `RecipeError` of the setting where the value is refused.
    func check(_ value: Value, of setting: RecipeSetting) throws(RecipeError) {
        if let reason = problem(value) { throw RecipeError(setting: setting, reason: reason) }
    }
}

extension RecipeRequirement where Value == Int {
    /// A count of epochs or windows; more than a billion is a typing error.
    static var count: Self { Self(mustBe: "a whole number of 1 to 1000000000") { (1...1_000_000_000).contains($0) } }
    /// Each lane has gradients of its own, and a lane beyond the cores of some machines at once waits for one.
    static var lanes: Self { Self(mustBe: "a whole number of 1 to 1024") { (1...1024).contains($0) } }
}

extension RecipeRequirement where Value == Double {
    static var aboveZero: Self { Self(mustBe: "above 0 (1.4e-45 to 3.4e38)", isPositive) }
    static var numberAboveZero: Self { Self(mustBe: "a number above 0 (1.4e-45 to 3.4e38)", isPositive) }
    static var aboveZeroToOne: Self { Self(mustBe: "above 0 (1.4e-45 or more) and at most 1") { isPositive($0) && $0 <= 1 } }
    static var atLeastZero: Self { Self(mustBe: "0 to 3.4e38") { $0 >= 0 && Float($0).isFinite } }
    static var zeroToOne: Self { Self(mustBe: "0 to 1") { $0 >= 0 && $0 <= 1 } }
    /// A share that single precision does not round to 1.
    static var share: Self { Self(mustBe: "at least 0 and below 1 (0.99999997 or less)") { $0 >= 0 && Float($0) < 1 } }
    /// A difference of accuracies, which are kept in double precision.
    static var gain: Self { Self(mustBe: "at least 0 and below 1") { $0 >= 0 && $0 < 1 } }
    static var accuracy: Self { Self(mustBe: "above 0 and at most 1 (0.99 is 99 %)") { $0 > 0 && $0 <= 1 } }

    private static func isPositive(_ value: Double) -> Bool { Float(value) > 0 && Float(value).isFinite }
}

extension RecipeRequirement where Value == UInt64 {
    /// What JSON's whole numbers hold.
    static var seed: Self { Self { $0 <= UInt64(Int.max) ? nil : "must be at most \(Int.max)" } }
}
