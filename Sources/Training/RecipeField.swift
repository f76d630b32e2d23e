import StrictJSON

/// A setting of a recipe, and all that is said of it outside the training itself: in JSON, in errors, in options and in the header.
///
/// `Recipe.fields` is the table of them.
public struct RecipeField: Sendable {
    /// The key in JSON: "learning_rate".
    public let key: String
    /// The property of the recipe.
    public let path: PartialKeyPath<Recipe> & Sendable
    /// The names in errors and options.
    public let setting: RecipeSetting
    /// The value for run records; nil where it is left out.
    let json: @Sendable (Recipe) -> JSON?
    /// Takes the value from JSON where it is there.
    let read: @Sendable (inout Recipe, inout JSONFields) throws(JSONFieldError) -> Void
    /// Checks the value, for data of a number of classes.
    let check: @Sendable (Recipe, Int) throws(RecipeError) -> Void
    /// What the header says; nil where it says nothing.
    let words: @Sendable (Recipe) -> String?

    /// A row of the table.
    /// - Parameters:
    ///   - name: The name in errors; nil: the key with spaces.
    ///   - requirement: What the value must be, beside what values of its type check by themselves.
    ///   - standard: The value that run records leave out, for settings that older records do not have; nil: none.
    ///   - words: What the header says of a recipe; nil where it says nothing.
    init<Value: RecipeValue & Equatable>(
        _ key: String, _ path: WritableKeyPath<Recipe, Value> & Sendable, name: String? = nil, option: String? = nil,
        must requirement: RecipeRequirement<Value>? = nil, unless standard: Value? = nil,
        words: @escaping @Sendable (Recipe) -> String? = { _ in nil }
    ) {
        let setting = RecipeSetting(name ?? key.split(separator: "_").joined(separator: " "), option: option)
        self.key = key
        self.path = path
        self.setting = setting
        self.words = words
        json = { recipe in
            let value = recipe[keyPath: path]
            // Not `? nil :`, which is the JSON null.
            guard value != standard else { return nil }
            return value.json
        }
        read = { (recipe, fields) throws(JSONFieldError) in
            recipe[keyPath: path] = try Value.take(key, from: &fields, keeping: recipe[keyPath: path])
        }
        check = { (recipe, classes) throws(RecipeError) in
            let value = recipe[keyPath: path]
            try requirement?.check(value, of: setting)
            try value.check(in: recipe, classes: classes)
        }
    }
}
