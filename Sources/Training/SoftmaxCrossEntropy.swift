import Kernels

/// The loss of classification: cross-entropy of the softmax of the logits, as PyTorch's `CrossEntropyLoss`.
public struct SoftmaxCrossEntropy: Equatable, Sendable {
    /// The share of the target that is spread evenly over all classes, 0 ..< 1 (Szegedy et al., 2016).
    public let labelSmoothing: Float
    /// A weight for each class, or empty for 1 each.
    public let classWeights: [Float]

    /// A loss with these settings; by default the plain mean cross-entropy.
    public init(labelSmoothing: Float = 0, classWeights: [Float] = []) {
        self.labelSmoothing = labelSmoothing
        self.classWeights = classWeights
    }

    /// The weight of a label, by whose sum over a batch the mean divides.
    public func weight(of label: Int32) -> Double {
        classWeights.isEmpty ? 1 : Double(classWeights[Int(label)])
    }

    /// Computes the loss of rows [rows, classes] and the gradient of their logits, both multiplied by `scale`.
    /// - Returns: The scaled sum of losses and the number of rows whose largest logit is the label's.
    @_lifetime(dLogits: copy dLogits)
    public func evaluate(
        _ logits: Span<Float>, labels: Span<Int32>, rows: Int, classes: Int, scale: Float, dLogits: inout MutableSpan<Float>
    ) -> (loss: Double, correct: Int) {
        softmaxCrossEntropy(
            logits, labels: labels, rows: rows, classes: classes, smoothing: labelSmoothing, classWeights: classWeights.span,
            scale: scale, dLogits: &dLogits)
    }
}
