/// What a setting of a recipe is called, or a part of one: the momentum of an optimizer.
public struct RecipeSetting: Equatable, Sendable {
    /// The name in errors: "learning rate".
    public let words: String
    /// The name in options, without dashes: "learning-rate"; nil where only files decide the setting.
    public let option: String?

    /// The names of a setting.
    public init(_ words: String, option: String? = nil) {
        self.words = words
        self.option = option
    }
}
