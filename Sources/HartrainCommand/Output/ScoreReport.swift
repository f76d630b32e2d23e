import Platform
import Training

/// Scores as people read them: class by class, and who was taken for whom.
enum ScoreReport {
    /// Precision, recall and F1 of each class; dashes for one that occurs neither among the windows nor the predictions.
    static func classes(_ evaluation: Evaluation, names: [String]) -> TextTable {
        let confusion = evaluation.confusion
        var table = TextTable(["class", "precision", "recall", "F1", "windows"])
        for (index, name) in names.enumerated() {
            guard confusion.occurs(index) else {
                table.add([name, "-", "-", "-", "0"])
                continue
            }
            table.add([
                name, NumberText.fixed(confusion.precision(index), 3), NumberText.fixed(confusion.recall(index), 3),
                NumberText.fixed(confusion.f1(index), 3), String(confusion.support(index)),
            ])
        }
        table.add(["macro average", "", "", NumberText.fixed(evaluation.macroF1, 3), String(evaluation.rows)])
        return table
    }

    /// The confusion matrix: rows are the true classes, columns the predictions.
    static func confusion(_ evaluation: Evaluation, names: [String]) -> TextTable {
        var table = TextTable(["true \\ predicted"] + names.indices.map { String($0 + 1) })
        for (index, counts) in evaluation.confusion.rows.enumerated() {
            table.add(["\(index + 1) \(names[index])"] + counts.map(String.init))
        }
        return table
    }
}
