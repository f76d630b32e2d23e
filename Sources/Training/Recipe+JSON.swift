import StrictJSON

extension Recipe {
    /// The recipe as run records hold it and model files may ("training").
    public var json: JSONObject {
        var object = JSONObject()
        for field in Recipe.fields {
            if let value = field.json(self) { object.set(field.key, value) }
        }
        return object
    }

    /// Changes the recipe by the fields of an object; fields that are not there leave it as it is.
    /// - Throws: A `JSONFieldError` that names the field.
    public mutating func apply(_ json: JSON, context: String) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        for field in Recipe.fields { try field.read(&self, &fields) }
        try fields.finish()
    }
}
