import Glibc

/// p = e^(x - max x) / sum e^(x - max x) over each row of x [rows, classes]; the shift keeps it stable.
@_lifetime(p: copy p)
public func softmax(_ x: Span<Float>, rows: Int, classes: Int, into p: inout MutableSpan<Float>) {
    precondition(x.count == rows * classes && p.count == x.count, "softmax: \(x.count) floats for [\(rows), \(classes)]")
    for row in 0..<rows {
        let range = row * classes..<(row + 1) * classes
        let largest = rowMaximum(x, range)
        var sum: Float = 0
        for j in range {
            p[j] = fastExp(x[j] - largest)
            sum += p[j]
        }
        for j in range { p[j] /= sum }
    }
}

/// Cross-entropy of the softmax over each row of logits [rows, classes], and its gradient.
///
/// Of a row with label y: loss = w_y (1 - s) (-log p_y) + s / classes * sum_j w_j (-log p_j), with smoothing s and class
/// weights w, as PyTorch's `cross_entropy`. Both the returned sum and the gradient are multiplied by `scale` (1 / sum of w_y over
/// the batch gives the mean). A NaN or a positive infinity among the logits makes the loss NaN.
/// - Parameters:
///   - labels: A class of 0 ..< classes for each row.
///   - classWeights: A weight for each class, or empty for 1.
/// - Returns: The scaled sum of the rows' losses and how many rows have their largest logit at the label.
@_lifetime(dLogits: copy dLogits)
public func softmaxCrossEntropy(
    _ logits: Span<Float>, labels: Span<Int32>, rows: Int, classes: Int, smoothing: Float, classWeights: Span<Float>,
    scale: Float, dLogits: inout MutableSpan<Float>
) -> (loss: Double, correct: Int) {
    precondition(
        logits.count == rows * classes && dLogits.count == logits.count && labels.count == rows
            && (classWeights.isEmpty || classWeights.count == classes),
        "cross-entropy: \(logits.count) logits and \(labels.count) labels for [\(rows), \(classes)]")
    var loss = 0.0
    var correct = 0
    for row in 0..<rows {
        let start = row * classes
        let label = Int(labels[row])
        precondition(label >= 0 && label < classes, "cross-entropy: label \(label) of row \(row) with \(classes) classes")
        let largest = rowMaximum(logits, start..<start + classes)
        var sum: Float = 0
        for j in 0..<classes { sum += fastExp(logits[start + j] - largest) }
        let logSum = logf(sum)
        var total: Float = 0
        for j in 0..<classes {
            let weight = target(j, label: label, classes: classes, smoothing: smoothing, classWeights: classWeights)
            // 0 times an infinite log-probability counts nothing, but a NaN must reach the loss whatever it weighs.
            if weight != 0 || logSum.isNaN { loss -= Double(scale * weight * (logits[start + j] - largest - logSum)) }
            total += weight
        }
        for j in 0..<classes {
            let weight = target(j, label: label, classes: classes, smoothing: smoothing, classWeights: classWeights)
            dLogits[start + j] = scale * (total * fastExp(logits[start + j] - largest) / sum - weight)
        }
        if argmax(logits.extracting(start..<start + classes)) == label { correct += 1 }
    }
    return (loss, correct)
}

@inline(__always)
private func target(_ j: Int, label: Int, classes: Int, smoothing: Float, classWeights: Span<Float>) -> Float {
    let share = smoothing / Float(classes) + (j == label ? 1 - smoothing : 0)
    return classWeights.isEmpty ? share : share * classWeights[j]
}

/// The largest value of a row, or NaN if there is one.
@inline(__always)
private func rowMaximum(_ x: Span<Float>, _ range: Range<Int>) -> Float {
    var largest = -Float.infinity
    for j in range where x[j] > largest || x[j].isNaN { largest = x[j] }
    return largest
}
