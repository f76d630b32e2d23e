import StrictJSON

/// How the windows of a data set are divided and standardised for training.
public struct Division: Equatable, Sendable {
    /// Which training windows are held out.
    public var split = Split.Kind.stratified
    /// The share of the training windows that is held out, above 0 and below 1.
    public var validationFraction = 0.25
    /// Over what mean and deviation are taken.
    public var standardization = Standardization.Kind.channelAndStep

    /// A stratified quarter is held out, and each channel standardised at each step.
    public init() {}
}

extension Division {
    /// The division as run records hold it.
    public var json: JSONObject {
        [
            "split": .string(split.rawValue), "validation_fraction": .number(validationFraction),
            "standardize": .string(standardization.rawValue),
        ]
    }

    /// Takes the division from the "data" of a run record.
    /// - Throws: A `JSONFieldError` that names the field.
    public mutating func take(from fields: inout JSONFields) throws(JSONFieldError) {
        // Run records of version 0.1 call the groups what they are in UCI HAR.
        let word = try fields.take("split", default: split.rawValue)
        split = word == "volunteers" ? .groups : try fields.choice("split", default: split)
        validationFraction = try fields.take("validation_fraction", default: validationFraction)
        standardization = try fields.choice("standardize", default: standardization)
    }
}
