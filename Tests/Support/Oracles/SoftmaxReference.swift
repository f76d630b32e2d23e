import Glibc

/// p = e^x / sum e^x over each row of x [rows, classes], shifted by the row's maximum: the oracle of `softmax`.
public func softmaxReference(_ x: [Double], rows: Int, classes: Int) -> [Double] {
    (0..<rows).flatMap { row in
        let logits = x[row * classes..<(row + 1) * classes]
        let shift = logits.max() ?? 0
        let sum = logits.reduce(0) { $0 + exp($1 - shift) }
        return logits.map { exp($0 - shift) / sum }
    }
}

/// The cross-entropy of the softmax against smoothed and weighted labels, and its gradient: the oracle of `softmaxCrossEntropy`.
///
/// Row r has the target q_j = w_j ((1 - s) [j = y_r] + s / classes), the loss -sum_j q_j log p_j and, since
/// d log p_j / dz_k = [j = k] - p_k, the gradient -sum_j q_j ([j = k] - p_k).
/// - Parameters:
///   - labels: A class of 0 ..< classes for each row.
///   - classWeights: A weight for each class, or empty for 1.
/// - Returns: The scaled sum of the rows' losses, its gradient [rows, classes], and how many rows have their first largest logit
///   at the label.
public func softmaxCrossEntropyReference(
    _ logits: [Double], labels: [Int32], rows: Int, classes: Int, smoothing: Double, classWeights: [Double], scale: Double
) -> (loss: Double, dLogits: [Double], correct: Int) {
    let weights = classWeights.isEmpty ? [Double](repeating: 1, count: classes) : classWeights
    var result = (loss: 0.0, dLogits: [Double](), correct: 0)
    for row in 0..<rows {
        let label = Int(labels[row])
        let z = Array(logits[row * classes..<(row + 1) * classes])
        let shift = z.max() ?? 0
        let logSum = shift + log(z.reduce(0) { $0 + exp($1 - shift) })
        let logProbabilities = z.map { $0 - logSum }
        let targets = (0..<classes).map { weights[$0] * (($0 == label ? 1 - smoothing : 0) + smoothing / Double(classes)) }
        result.loss -= scale * zip(targets, logProbabilities).reduce(0) { $0 + $1.0 * $1.1 }
        for k in 0..<classes {
            let sum = (0..<classes).reduce(0) { $0 + targets[$1] * (($1 == k ? 1 : 0) - exp(logProbabilities[k])) }
            result.dLogits.append(-scale * sum)
        }
        if z.firstIndex(of: shift) == label { result.correct += 1 }
    }
    return result
}
