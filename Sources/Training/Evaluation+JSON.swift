import StrictJSON

extension Evaluation {
    /// The scores, class by class, and the confusion matrix, as `hartrain evaluate --json` prints them.
    public func json(classNames: [String]) -> JSONObject {
        let classes: [JSON] = classNames.indices.map { index in
            [
                "name": .string(classNames[index]), "precision": .number(confusion.precision(index)),
                "recall": .number(confusion.recall(index)), "f1": .number(confusion.f1(index)),
                "windows": .integer(confusion.support(index)),
            ]
        }
        return [
            "accuracy": .number(accuracy), "loss": .number(loss), "macro_f1": .number(macroF1), "windows": .integer(rows),
            "classes": .array(classes), "confusion": .array(confusion.rows.map { .array($0.map(JSON.integer)) }),
        ]
    }
}
