/// Everything that decides how a model is trained; with the model, the data and the seed it decides every bit of the result on one
/// kind of CPU.
public struct Recipe: Equatable, Sendable {
    /// Passes over the training windows.
    public var epochs: Int
    /// Windows of a training step.
    public var batch: Int
    /// Whether an epoch leaves out the windows that do not fill a batch.
    public var dropLast = false
    /// The step size that the schedule begins from.
    public var learningRate: Double
    /// The rule by which gradients change weights.
    public var optimizer = OptimizerChoice.adam(Adam())
    /// How the learning rate changes over the run.
    public var schedule = Schedule.constant
    /// A limit on gradients.
    public var clip = GradientClip.none
    /// The share of the loss's target that is spread over all classes.
    public var labelSmoothing = 0.0
    /// Weights of the classes in the loss.
    public var classWeights = ClassWeights.none
    /// Decides initial weights, shuffles, dropout and the split.
    public var seed: UInt64 = 0
    /// Epochs between evaluations on the validation windows.
    public var evaluateEvery = 1
    /// Evaluations without improvement after which training stops; nil: never.
    public var patience: Int?
    /// How much the accuracy must rise to count as an improvement for `patience`.
    public var minimumDelta = 0.0
    /// The validation accuracy at which training stops; nil: never.
    public var targetAccuracy: Double?
    /// The most lanes that a batch's rows are dealt to, and so the most threads that work at a step.
    public var maximumLanes = Sharding.standardLanes

    /// A recipe of Adam at a constant rate.
    public init(epochs: Int, batch: Int, learningRate: Double) {
        self.epochs = epochs
        self.batch = batch
        self.learningRate = learningRate
    }

    /// The loss, with class weights of these training labels.
    public func loss(labels: [Int32], classes: Int) -> SoftmaxCrossEntropy {
        let weights: [Float]
        switch classWeights {
        case .none: weights = []
        case .values(let values): weights = values.map(Float.init)
        case .balanced:
            var counts = Array(repeating: 0, count: classes)
            for label in labels { counts[Int(label)] += 1 }
            weights = counts.map { $0 == 0 ? 0 : Float(Double(labels.count) / (Double(classes) * Double($0))) }
        }
        return SoftmaxCrossEntropy(labelSmoothing: Float(labelSmoothing), classWeights: weights)
    }
}
