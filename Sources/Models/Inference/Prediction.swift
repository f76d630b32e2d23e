import Kernels

/// The class that a model finds in a window, and how sure it is.
public struct Prediction: Equatable, Sendable {
    /// The class, an index of the format's classes.
    public let label: Int
    /// The name of the class.
    public let name: String
    /// The probability of each class; [classes].
    public let probabilities: [Float]

    /// The probability of the class that was found.
    public var confidence: Float { probabilities[label] }

    /// The most probable class; of equal ones the first.
    init(probabilities: [Float], classes: [String]) {
        label = argmax(probabilities.span)
        name = classes[label]
        self.probabilities = probabilities
    }
}
