import Layers
import StrictJSON
import Training

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
