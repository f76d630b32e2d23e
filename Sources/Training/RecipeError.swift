/// A recipe that cannot be followed: which setting, and what it must be.
public struct RecipeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The setting at fault.
    public let setting: RecipeSetting
    /// What it must be and is not: "must be above 0, not -1.0".
    public let reason: String

    /// The setting in words and the reason.
    public var description: String { "\(setting.words) \(reason)" }
}
