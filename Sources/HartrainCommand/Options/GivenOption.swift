import Training

/// An option that changes the recipe, and whether it was given; the recipe's table of fields knows its name.
struct GivenOption {
    /// The setting that the option decides.
    let setting: RecipeSetting
    /// Whether the option was given.
    let isGiven: Bool
    private let assign: (inout Recipe) -> Void

    /// An option whose value does not simply become that of the setting.
    init(_ setting: RecipeSetting, isGiven: Bool) {
        self.setting = setting
        self.isGiven = isGiven
        assign = { _ in }
    }

    /// An option whose value becomes that of a property; nil: not given.
    init<Value>(_ path: WritableKeyPath<Recipe, Value>, _ value: Value?) {
        setting = Recipe.field(path).setting
        isGiven = value != nil
        assign = { recipe in
            if let value { recipe[keyPath: path] = value }
        }
    }

    /// An option whose value becomes that of a property that may be missing; nil: not given.
    init<Value>(_ path: WritableKeyPath<Recipe, Value?>, _ value: Value?) {
        setting = Recipe.field(path).setting
        isGiven = value != nil
        assign = { recipe in
            if let value { recipe[keyPath: path] = value }
        }
    }

    /// As it is given: "--learning-rate".
    var name: String {
        guard let option = setting.option else { preconditionFailure("\(setting.words) has no option") }
        return "--" + option
    }

    /// Changes the recipe where the option was given.
    func apply(to recipe: inout Recipe) { assign(&recipe) }
}
