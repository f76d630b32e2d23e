import Layers
import StrictJSON

/// How the windows of a data set are divided and standardised for training.
public struct DataOptions: Equatable, Sendable {
    /// Which training windows are held out for validation.
    public enum SplitKind: String, CaseIterable, Sendable {
        /// A share of each activity's windows, as in the study.
        case stratified
        /// All windows of some volunteers.
        case volunteers
    }

    /// Which training windows are held out.
    public var split = SplitKind.stratified
    /// The share of the training windows that is held out, above 0 and below 1.
    public var validationFraction = 0.25
    /// Over what mean and deviation are taken.
    public var standardization = Standardization.Kind.channelAndStep

    /// The study's options.
    public init() {}
}

extension DataOptions {
    /// The options as run records hold them.
    public var json: JSONObject {
        [
            "split": .string(split.rawValue), "validation_fraction": .number(validationFraction),
            "standardize": .string(standardization.rawValue),
        ]
    }

    /// Takes the options from the "data" of a run record.
    /// - Throws: A `JSONFieldError` that names the field.
    public mutating func take(from fields: inout JSONFields) throws(JSONFieldError) {
        split = try fields.choice("split", default: split)
        validationFraction = try fields.take("validation_fraction", default: validationFraction)
        standardization = try fields.choice("standardize", default: standardization)
    }
}
