import StrictJSON

extension Evaluation {
    /// The scores, class by class, and the confusion matrix, as `hartrain evaluate --json` prints them.
    public func json(classNames: [String]) -> JSONObject {
        let classes: [JSON] = classNames.indices.map { index in
            // A class that occurs neither among the windows nor the predictions has no scores.
            func score(_ value: Double) -> JSON { confusion.occurs(index) ? .number(value) : .null }
            return [
                "name": .string(classNames[index]), "precision": score(confusion.precision(index)),
                "recall": score(confusion.recall(index)), "f1": score(confusion.f1(index)),
                "windows": .integer(confusion.support(index)),
            ]
        }
        var object: JSONObject = [
            "accuracy": .number(accuracy), "loss": .number(loss), "macro_f1": .number(macroF1), "windows": .integer(rows),
            "classes": .array(classes), "confusion": .array(confusion.rows.map { .array($0.map(JSON.integer)) }),
        ]
        if let calibration { object.set("calibration", calibration.json) }
        if !groups.groups.isEmpty { object.set("groups", groups.json) }
        return object
    }
}

extension Evaluation {
    /// Reads what `json` gives: the loss, the confusion matrix that all other scores follow from, and the names of the classes.
    /// - Throws: A `JSONFieldError` that names the field.
    public static func read(
        _ json: JSON, context: String
    ) throws(JSONFieldError) -> (evaluation: Evaluation, classNames: [String]) {
        var fields = try JSONFields(json, context: context)
        // JSON has no NaN: a loss that is not finite is written as null.
        let loss = try fields.takeIfPresent("loss", as: Double.self) ?? .nan
        var names: [String] = []
        for entry in try fields.take("classes", as: [JSON].self) {
            var one = try JSONFields(entry, context: "\(context), classes")
            names.append(try one.take("name"))
        }
        let rows = try fields.take("confusion", as: [JSON].self).map { $0.asArray?.compactMap(\.asInt) ?? [] }
        guard !names.isEmpty, names.allSatisfy(JSON.isVisible), rows.count == names.count,
            rows.allSatisfy({ $0.count == names.count && $0.allSatisfy { (0...1 << 40).contains($0) } })
        else { throw fields.failure("confusion", mustBe: "a row of counts for each of the \(names.count) classes") }
        let confusion = ConfusionMatrix(rows: rows)
        let calibration = try fields.takeIfPresent("calibration", as: JSON.self).map { json throws(JSONFieldError) in
            try Calibration(json, context: "\(context), calibration", rows: confusion.total)
        }
        let groups = try fields.takeIfPresent("groups", as: [JSON].self).map { json throws(JSONFieldError) in
            try GroupAccuracy(json, context: "\(context), groups", rows: confusion.total)
        }
        return (
            Evaluation(loss: loss, confusion: confusion, calibration: calibration, groups: groups ?? GroupAccuracy()), names
        )
    }
}
